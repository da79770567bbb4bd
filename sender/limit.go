package sender

import (
	"context"
	"iter"
	"time"

	"golang.org/x/time/rate"
)

// probeRequests and probeBytes are the longest time between two requests, and between two payloads, that a store is
// asked for while it wants less of them: often enough to hear of the peace soon, too seldom to prolong a storm. A
// payload may be of many megabytes, and a store may take less than one such in a second.
const (
	probeRequests = time.Second
	probeBytes    = 4 * time.Second
)

// limit holds requests back: to the run's own limits, and while the store wants less.
//
// All requests of a run pass the same limit, so that what one of them hears holds for all.
type limit struct {
	Store
	maxBytes    *rate.Limiter // nil: no limit
	maxRequests *rate.Limiter // nil: no limit
	requests    *line         // while the store wants fewer requests
	bytes       *line         // while it wants fewer bytes
	gate        gate          // while it wants nothing
	quit        <-chan struct{}
	counters    *Counters
}

func newLimit(s Store, o Options) *limit {
	return &limit{
		Store:       s,
		maxBytes:    limiter(float64(o.BytesPerSecond)),
		maxRequests: limiter(o.RequestsPerSecond),
		requests:    newLine(probeRequests),
		bytes:       newLine(probeBytes),
		gate:        gate{start: time.Now()},
		quit:        o.Quit,
		counters:    o.Counters,
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
	n := max(len(p.Data), 1) // an object without bytes waits as one with few: else nothing held it back that a store turns away
	sent, err := l.wait(ctx, call{op: opPut, key: o.Key}, n)
	if err != nil {
		return Receipt{}, err
	}
	r, err := l.Store.Put(ctx, o, p)
	l.heard(err, sent, n)
	return r, err
}

func (l *limit) Begin(ctx context.Context, o *Object) (Upload, error) {
	sent, err := l.wait(ctx, call{op: opBegin, key: o.Key}, 0)
	if err != nil {
		return Upload{}, err
	}
	u, err := l.Store.Begin(ctx, o)
	l.heard(err, sent, 0)
	return u, err
}

func (l *limit) SendPart(ctx context.Context, u Upload, p Part) (Receipt, error) {
	sent, err := l.wait(ctx, call{opSendPart, u.Key, p.Number}, len(p.Data))
	if err != nil {
		return Receipt{}, err
	}
	r, err := l.Store.SendPart(ctx, u, p)
	l.heard(err, sent, len(p.Data))
	return r, err
}

// Parts waits once, before the first page: the others are not seen from here.
func (l *limit) Parts(ctx context.Context, u Upload) iter.Seq2[StoredPart, error] {
	return limited(ctx, l, call{op: opParts, key: u.Key}, l.Store.Parts(ctx, u))
}

// limited is a listing that waits once, and is one answer, whatever it yields.
func limited[T any](ctx context.Context, l *limit, c call, list iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		sent, err := l.wait(ctx, c, 0)
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		var failed error
		defer func() { l.heard(failed, sent, 0) }()
		for v, err := range list {
			if failed = err; !yield(v, err) {
				return
			}
		}
	}
}

// lister makes the listing of uploads wait as well.
func (l *limit) lister(below UploadLister) UploadLister { return &limitLister{l, below} }

type limitLister struct {
	limit *limit
	below UploadLister
}

// Uploads waits once, as Parts does.
func (l *limitLister) Uploads(ctx context.Context, prefix string) iter.Seq2[OpenUpload, error] {
	return limited(ctx, l.limit, call{op: opUploads, key: prefix}, l.below.Uploads(ctx, prefix))
}

func (l *limit) Complete(ctx context.Context, u Upload, o *Object, c Completion) (Receipt, error) {
	sent, err := l.wait(ctx, call{op: opComplete, key: o.Key}, 0)
	if err != nil {
		return Receipt{}, err
	}
	r, err := l.Store.Complete(ctx, u, o, c)
	l.heard(err, sent, 0)
	return r, err
}

func (l *limit) Abort(ctx context.Context, u Upload) error {
	sent, err := l.wait(ctx, call{op: opAbort, key: u.Key}, 0)
	if err != nil {
		return err
	}
	err = l.Store.Abort(ctx, u)
	l.heard(err, sent, 0)
	return err
}

func (l *limit) Head(ctx context.Context, key string) (Info, error) {
	sent, err := l.wait(ctx, call{op: opHead, key: key}, 0)
	if err != nil {
		return Info{}, err
	}
	i, err := l.Store.Head(ctx, key)
	l.heard(err, sent, 0)
	return i, err
}

// wait returns when one request with n bytes of payload may be made, and when that was, if somebody will want to
// know. The gate comes last: it may have been closed while the others made us wait.
func (l *limit) wait(ctx context.Context, c call, n int) (sent time.Time, err error) {
	if l.free() {
		return time.Time{}, nil
	}
	began := time.Now()
	err = l.holdBack(ctx, n)
	sent = time.Now()
	l.counters.Waited.Add(int64(sent.Sub(began)))
	if err != nil {
		return sent, c.stopped(err)
	}
	return sent, nil
}

// free reports whether nothing holds requests back.
func (l *limit) free() bool {
	return l.maxBytes == nil && l.maxRequests == nil && !l.paced() && l.gate.open()
}

func (l *limit) paced() bool { return l.requests.paced.Load() || l.bytes.paced.Load() }

func (l *limit) holdBack(ctx context.Context, n int) error {
	err := l.take(ctx, l.maxRequests, 1)
	if err == nil {
		err = l.take(ctx, l.maxBytes, n)
	}
	if err == nil {
		err = l.requests.wait(ctx, l.quit, &l.gate, 1)
	}
	if err == nil && n > 0 {
		err = l.bytes.wait(ctx, l.quit, &l.gate, float64(n))
	}
	if err == nil {
		err = l.gate.wait(ctx, l.quit)
	}
	return err
}

// take waits for n tokens, a bucketful at a time: more than that a bucket never gives at once.
func (l *limit) take(ctx context.Context, from *rate.Limiter, n int) error {
	if from == nil {
		return nil
	}
	for n > 0 {
		some := min(n, from.Burst())
		r := from.ReserveN(time.Now(), some)
		if err := sleep(ctx, l.quit, r.Delay()); err != nil {
			r.Cancel()
			return err
		}
		n -= some
	}
	return nil
}

// throttlePause is how long all requests wait when a store wants less for the first time, and does not say for how
// long. It is the base of the retries' jitter, so that the others do not overtake the one that was turned away.
// What comes after it is a matter of the pace.
const throttlePause = backoffBase

// heard learns from the answer to a request with n bytes of payload. It is the one place that hears of every
// throttling, with its cause.
func (l *limit) heard(err error, sent time.Time, n int) {
	if err == nil && !l.paced() {
		return
	}
	a := answer{sent: sent, at: time.Now(), asked: retryAfter(err)}
	switch throttled(err) {
	case TooManyRequests:
		l.refused(l.requests, a.of(1))
	case TooManyBytes:
		l.refused(l.bytes, a.of(max(n, 1)))
	case NotThrottled:
		if served(err) {
			l.requests.serve(a.of(1))
		}
		if served(err) && n > 0 {
			l.bytes.serve(a.of(n))
		}
	}
	l.gate.close(a.asked)
}

// refused tells a line that the store wants less of what is counted there.
func (l *limit) refused(by *line, a answer) {
	first, cut := by.refuse(a)
	if first {
		l.gate.close(throttlePause)
	}
	if cut {
		l.counters.Slowed.Add(1)
	}
}
