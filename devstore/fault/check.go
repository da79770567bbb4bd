package fault

import (
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
)

// ErrRule is returned when a rule is not valid. What wraps it says which, and why.
var ErrRule = errors.New("no such rule")

// Check returns an error that wraps [ErrRule] if any of the rules is not valid: it names what there is not, a number
// is out of its range, or its fault cannot happen to its operation.
func Check(rules ...Rule) error {
	for i, r := range rules {
		if why := r.wrong(); why != "" {
			return fmt.Errorf("rule %d: %s: %w", i+1, why, ErrRule)
		}
	}
	return nil
}

// wrong says what is wrong with a rule, "" if nothing is.
func (r *Rule) wrong() string {
	_, badKey := path.Match(r.Key, "")
	switch {
	case r.Op != "" && !slices.Contains(every, r.Op):
		return fmt.Sprintf("unknown op %q", r.Op)
	case badKey != nil:
		return fmt.Sprintf("key %q is not a pattern", r.Key)
	case !(r.Chance >= 0 && r.Chance <= 1): // nor is NaN
		return fmt.Sprintf("chance %v is not from 0 to 1", r.Chance)
	case min(r.Part, r.Skip, r.Times, r.Every) < 0 || r.For < 0:
		return "part, skip, times, every and for are not below 0"
	}
	return r.Fault.wrong(r.Op)
}

// wrong says why the fault cannot happen to op, or to any operation if op is empty.
func (f *Fault) wrong(op Op) string {
	switch {
	case f.Lie != "" && about[f.Lie] == nil:
		return fmt.Sprintf("unknown lie %q", f.Lie)
	case f.Delay < 0 || f.Trickle < 0 || min(f.CutBody, f.CutAnswer) < -1:
		return "delay and trickle are not below 0, cutBody and cutAnswer not below -1"
	case f.Answer != nil && (f.Answer.Status < http.StatusOK || f.Answer.Status > 599):
		return fmt.Sprintf("status %d is not from 200 to 599", f.Answer.Status)
	case f.Answer != nil && f.Answer.Code != "" && f.Answer.Body != "":
		return "an answer has a code or a body"
	case op != "" && !f.can(op), !slices.ContainsFunc(every, f.can):
		return fmt.Sprintf("this cannot happen to %s", orAny(op))
	}
	return ""
}

func orAny(op Op) Op {
	if op == "" {
		return "any op"
	}
	return op
}
