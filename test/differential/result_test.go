package differential

import (
	"slices"
	"testing"
	"time"
)

// result is what a cell comes to.
type result struct {
	scenario scenario
	skipped  string // why the client was not asked; the rest is empty then
	outcomes []outcome
	ends     []ended
	how      string  // what is wrong with the object, if it is
	sent     float64 // bytes of parts and objects, in sizes of the file
	struck   bool
	left     int    // uploads that are open when all is over
	remark   string // of the scenario itself
	remarked bool   // the remark is a good one
}

// report shows what a cell came to. ingest may fail none.
func (r *result) report(t *testing.T, c client) {
	t.Helper()
	t.Log(r)
	for i, e := range r.ends {
		t.Logf("run %d: exit %d after %v: %s", i+1, e.code, e.took.Round(time.Millisecond), tail(e.said))
	}
	if !c.ours {
		return
	}
	if wrong := r.wrong(); wrong != "" {
		t.Error(wrong)
	}
}

func (r *result) over() bool { return r.last() == finished || r.last() == lied }

func (r *result) last() outcome { return r.outcomes[len(r.outcomes)-1] }

func (r *result) add(c *cell, e ended) {
	o := c.judge(e)
	r.outcomes, r.ends = append(r.outcomes, o), append(r.ends, e)
	if o == lied || o == spoiled {
		r.how = c.wrongness()
	}
}

// wrong says what ingest must not do.
func (r *result) wrong() string {
	switch {
	case !slices.Contains(r.scenario.want, r.outcomes[0]):
		return "that is not what it should come to"
	case r.last() != finished || len(r.outcomes) > 2:
		return "it did not finish when it was run again"
	case r.left > 0:
		return "an upload is left open"
	case r.plainKill() && r.sent > 1+float64(2*parallel*partSize)/large:
		return "it sent more again than was in flight or not committed yet"
	case r.scenario.says != nil && !r.remarked:
		return r.remark
	}
	return ""
}

// plainKill is a kill after which nothing else goes wrong.
func (r *result) plainKill() bool {
	return r.scenario.kills && r.scenario.between == nil && r.scenario.later == nil
}

// tail is the end of a text that may be long.
func tail(text []byte) []byte { return text[max(0, len(text)-3<<10):] }
