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

// pulse is when any call of a run last heard an answer, and when one was last served. It tells a store that is away
// from a request that is never answered, and one that throttles everybody from a request that alone is throttled.
type pulse struct {
	start    time.Time    // what the others count from; by the monotonic clock
	answered atomic.Int64 // a failure was heard so many nanoseconds after start; 0: none was yet
	served   atomic.Int64 // the same of requests that were served
}

// hear takes note of how a call ended. What ended with its context says nothing of the store.
func (p *pulse) hear(ctx context.Context, err error) {
	if err == nil {
		p.beat()
		return
	}
	if ctx.Err() != nil || unanswered(err) {
		return
	}
	if served(err) {
		p.beat()
		return
	}
	p.answered.Store(int64(time.Since(p.start)))
}

// beat takes note of a request that was served, which is an answer too.
func (p *pulse) beat() { p.served.Store(int64(time.Since(p.start))) }

// answeredSince reports whether an answer was heard after t.
func (p *pulse) answeredSince(t time.Time) bool {
	last := max(p.answered.Load(), p.served.Load())
	return p.start.Add(time.Duration(last)).After(t)
}

// lastServed returns when a request was last served, or when the run began.
func (p *pulse) lastServed() time.Time { return p.start.Add(time.Duration(p.served.Load())) }

// unanswered reports whether a call failed without a word from the store.
func unanswered(err error) bool {
	if e, ok := errors.AsType[*Error](err); ok && e.Status != 0 {
		return false
	}
	return errors.Is(err, ErrNoAnswer) || errors.Is(err, ErrUnreachable)
}

// outlast is charge for a try that is free. The last one is made when the outage reaches its limit. The run goes on
// even then, if somebody was answered while this try waited in vain: the next one is not free.
func (r *retry) outlast(t *tries, e *Error) (wait time.Duration, ok bool) {
	if t.silent.IsZero() {
		t.silent = time.Now()
	}
	silence := time.Since(t.silent)
	if left := r.outage - silence; left > 0 {
		return min(backoff(t.made, backoffCap), left), true
	}
	if t.contradicted(&r.pulse) {
		return backoff(t.made, backoffCap), true
	}
	e.Kind = StopRun
	e.hint(fmt.Sprintf("the store has not answered for %v; run again to go on", silence.Round(time.Second)))
	return 0, false
}
