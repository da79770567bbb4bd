package sender

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// DefaultOutage is how long a run waits for a store that has gone silent. A server that is restarted, or a machine
// behind it that another one replaces, is back within a minute or so; twice that is still short enough to be watched.
const DefaultOutage = 2 * time.Minute

// echo is how long after a store has gone silent the answers may still come in that it gave before.
const echo = time.Second

// pulse is the moment when any call of a run last heard an answer. It tells a store that is away from a request that
// is never answered.
type pulse struct {
	start time.Time    // what last counts from; by the monotonic clock
	last  atomic.Int64 // nanoseconds after start; 0: nothing was heard yet
}

// hear takes note of how a call ended. What ended with its context says nothing of the store.
func (p *pulse) hear(ctx context.Context, err error) {
	if err == nil || (ctx.Err() == nil && !unanswered(err)) {
		p.beat()
	}
}

func (p *pulse) beat() { p.last.Store(int64(time.Since(p.start))) }

// since reports whether an answer was heard after t.
func (p *pulse) since(t time.Time) bool { return p.start.Add(time.Duration(p.last.Load())).After(t) }

// unanswered reports whether a call failed without a word from the store.
func unanswered(err error) bool {
	if e, ok := errors.AsType[*Error](err); ok && e.Status != 0 {
		return false
	}
	return errors.Is(err, ErrNoAnswer) || errors.Is(err, ErrUnreachable)
}

// budget is what one call has spent on its tries.
//
// A failed try that was answered costs one of the retries. One without an answer costs one if the store was known to
// be alive when it began: the fault is the request's then. Otherwise the store may be away, and the try is free
// until the outage has lasted too long.
type budget struct {
	tries  int       // begun, whatever they cost
	spent  int       // retries, at most one more than there are
	silent time.Time // when a try first failed without an answer; zero: none did
	alive  bool      // when the latest try began, the store was known to have answered others since then
}

// begin counts a try that is about to be made.
func (b *budget) begin(p *pulse) {
	b.tries++
	b.alive = b.contradicted(p)
}

// contradicted reports whether the store has answered somebody since it went silent for this call.
func (b *budget) contradicted(p *pulse) bool {
	return !b.silent.IsZero() && p.since(b.silent.Add(echo))
}

// charge takes a try that failed with e off the budget. It returns how long to wait before the next one, or false if
// there is none; e says why.
func (r *retry) charge(ctx context.Context, b *budget, e *Error) (wait time.Duration, ok bool) {
	if r.outage > 0 && !b.alive && unanswered(e) && ctx.Err() == nil {
		return r.outlast(b, e)
	}
	b.spent++
	return backoff(b.tries), b.spent <= r.retries
}

// outlast is charge for a try that is free. The last one is made when the outage reaches its limit. The run goes on
// even then, if somebody was answered while this try waited in vain: the next one is not free.
func (r *retry) outlast(b *budget, e *Error) (wait time.Duration, ok bool) {
	if b.silent.IsZero() {
		b.silent = time.Now()
	}
	silence := time.Since(b.silent)
	if left := r.outage - silence; left > 0 {
		return min(backoff(b.tries), left), true
	}
	if b.contradicted(&r.pulse) {
		return backoff(b.tries), true
	}
	e.Kind = StopRun
	e.Hint = fmt.Sprintf("the store has not answered for %v; run again to go on", silence.Round(time.Second))
	return 0, false
}
