package sender

import (
	"context"
	"errors"
	"time"
)

// tries is what became of the tries of one call.
//
// A failed try that was answered costs a retry. One without an answer costs one if the store was known to be alive
// when it began: the fault is the request's then. Otherwise the store may be away, and the try is free until the
// outage has lasted too long. One that was throttled is free too, until that has lasted too long.
type tries struct {
	made   int       // begun, whatever they cost
	own    *Budget   // what failed ones cost where ctx carries no budget; nil until one does
	failed *Error    // by which the latest failed that was tried again; nil: none was
	silent time.Time // when one first failed without an answer; zero: none did
	alive  bool      // when the latest began, the store was known to have answered others since then
	turned time.Time // when one was first throttled; zero: none was
}

// begin counts a try that is about to be made.
func (t *tries) begin(p *pulse) {
	t.made++
	t.alive = t.contradicted(p)
}

// contradicted reports whether the store has answered somebody since it went silent for this call.
func (t *tries) contradicted(p *pulse) bool {
	return !t.silent.IsZero() && p.answeredSince(t.silent.Add(echo))
}

// charge takes a try that failed with e off what there is. It returns how long to wait before the next one, or false
// if there is none; e says why.
func (r *retry) charge(ctx context.Context, t *tries, e *Error) (wait time.Duration, ok bool) {
	switch {
	case r.patience > 0 && e.Throttle != NotThrottled:
		return r.bear(ctx, t, e)
	case r.outage > 0 && !t.alive && unanswered(e) && ctx.Err() == nil:
		return r.outlast(t, e)
	}
	return r.pay(ctx, t, e)
}

// pay is charge for a try that costs.
func (r *retry) pay(ctx context.Context, t *tries, e *Error) (wait time.Duration, ok bool) {
	shared := sharedBudget(ctx)
	if t.own == nil && shared == nil {
		t.own = newBudget(r.retries)
	}
	switch {
	case shared == nil:
		return backoff(t.made, backoffCap), t.own.take()
	case shared.take():
		return backoff(t.made, backoffCap), true
	}
	e.hint("the retries of this object are used up")
	return 0, false
}

// ended returns the error of a call whose latest try ended with e, as its context or the run did: what had failed
// before is what a person wants to know.
func (t *tries) ended(e *Error) *Error {
	if errors.Is(e, ErrQuitting) && !errors.Is(e, ErrNoAnswer) {
		e.Attempts-- // it was never sent
	}
	if t.failed == nil {
		return e
	}
	own := *t.failed
	own.Err = both(e.Err, own.Err)
	return &own
}

// stopped reports whether e is the end of the run or of ctx and says nothing else.
func stopped(ctx context.Context, e *Error) bool {
	return errors.Is(e, ErrQuitting) || (ctx.Err() != nil && errors.Is(e, ctx.Err()) && !errors.Is(e, ErrNoAnswer))
}
