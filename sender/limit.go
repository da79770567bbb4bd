package sender

import (
	"context"
	"errors"
	"iter"
	"time"

	"golang.org/x/time/rate"
)

// limit holds requests back: to the run's own limits, and while the store wants less.
//
// All requests of a run pass the same limit, so that what one of them hears holds for all.
type limit struct {
	Store
	bytes    *rate.Limiter // nil: no limit
	requests *rate.Limiter // nil: no limit
	gate     gate
	counters *Counters
}

func newLimit(s Store, o Options) *limit {
	return &limit{
		Store:    s,
		bytes:    limiter(float64(o.BytesPerSecond)),
		requests: limiter(o.RequestsPerSecond),
		gate:     gate{start: time.Now()},
		counters: o.Counters,
	}
}

// limiter returns a bucket that holds a tenth of a second: little enough to be exact over a second, and enough
// for a busy run not to live by its timers.
func limiter(perSecond float64) *rate.Limiter {
	if perSecond <= 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond/10)))
}

func (l *limit) Unwrap() Store { return l.Store }

func (l *limit) Put(ctx context.Context, o *Object, p Payload) (Receipt, error) {
	if err := l.wait(ctx, call{op: opPut, key: o.Key}, len(p.Data)); err != nil {
		return Receipt{}, err
	}
	r, err := l.Store.Put(ctx, o, p)
	l.heard(err)
	return r, err
}

func (l *limit) Begin(ctx context.Context, o *Object) (Upload, error) {
	if err := l.wait(ctx, call{op: opBegin, key: o.Key}, 0); err != nil {
		return Upload{}, err
	}
	u, err := l.Store.Begin(ctx, o)
	l.heard(err)
	return u, err
}

func (l *limit) SendPart(ctx context.Context, u Upload, p Part) (Receipt, error) {
	if err := l.wait(ctx, call{opSendPart, u.Key, p.Number}, len(p.Data)); err != nil {
		return Receipt{}, err
	}
	r, err := l.Store.SendPart(ctx, u, p)
	l.heard(err)
	return r, err
}

// Parts waits once, before the first page: the others are not seen from here.
func (l *limit) Parts(ctx context.Context, u Upload) iter.Seq2[StoredPart, error] {
	return func(yield func(StoredPart, error) bool) {
		if err := l.wait(ctx, call{op: opParts, key: u.Key}, 0); err != nil {
			yield(StoredPart{}, err)
			return
		}
		for p, err := range l.Store.Parts(ctx, u) {
			l.heard(err)
			if !yield(p, err) {
				return
			}
		}
	}
}

func (l *limit) Complete(ctx context.Context, u Upload, o *Object, c Completion) (Receipt, error) {
	if err := l.wait(ctx, call{op: opComplete, key: o.Key}, 0); err != nil {
		return Receipt{}, err
	}
	r, err := l.Store.Complete(ctx, u, o, c)
	l.heard(err)
	return r, err
}

func (l *limit) Abort(ctx context.Context, u Upload) error {
	if err := l.wait(ctx, call{op: opAbort, key: u.Key}, 0); err != nil {
		return err
	}
	err := l.Store.Abort(ctx, u)
	l.heard(err)
	return err
}

func (l *limit) Head(ctx context.Context, key string) (Info, error) {
	if err := l.wait(ctx, call{op: opHead, key: key}, 0); err != nil {
		return Info{}, err
	}
	i, err := l.Store.Head(ctx, key)
	l.heard(err)
	return i, err
}

// wait returns when one request with n bytes of payload may be made. The gate comes last: it may have been closed
// while the others made us wait.
func (l *limit) wait(ctx context.Context, c call, n int) error {
	if l.bytes == nil && l.requests == nil && l.gate.open() {
		return nil
	}
	began := time.Now()
	defer func() { l.counters.Waited.Add(int64(time.Since(began))) }()
	err := take(ctx, l.requests, 1)
	if err == nil {
		err = take(ctx, l.bytes, n)
	}
	if err == nil {
		err = l.gate.wait(ctx)
	}
	if err != nil {
		return c.stopped(err)
	}
	return nil
}

// take waits for n tokens, a bucketful at a time: more than that a bucket never gives at once.
func take(ctx context.Context, from *rate.Limiter, n int) error {
	if from == nil {
		return nil
	}
	for n > 0 {
		some := min(n, from.Burst())
		r := from.ReserveN(time.Now(), some)
		if err := sleep(ctx, r.Delay()); err != nil {
			r.Cancel()
			return err
		}
		n -= some
	}
	return nil
}

// throttlePause is how long all requests wait when a store wants less and does not say how much less. It is the
// base of the retries' jitter, so that the others do not overtake the one that was turned away.
const throttlePause = backoffBase

// heard learns from an answer. It is the one place that hears of every throttling, with its cause: rates that
// adapt to what the store can take belong here.
func (l *limit) heard(err error) {
	if err == nil {
		return
	}
	pause := retryAfter(err)
	if e, ok := errors.AsType[*Error](err); ok && e.Throttle != NotThrottled {
		pause = max(pause, throttlePause)
	}
	l.gate.close(pause)
}
