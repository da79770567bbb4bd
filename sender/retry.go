package sender

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"time"
)

// The waits before the n-th try again are drawn evenly from 0 to backoffBase * 2^(n-1), at most backoffCap: "full
// jitter" of the AWS Architecture Blog (Exponential Backoff And Jitter, 2015), which spreads a herd best. The numbers
// are the defaults of Alibaba's OSS SDK for Go v2 (oss/retry).
const (
	backoffBase = 200 * time.Millisecond
	backoffCap  = 20 * time.Second
)

// retry tries again what may succeed later, and settles lost answers before it does.
//
// One call has one budget of tries, or all calls of an object have one together. The questions that settle an answer
// belong to the try, and are asked of the store below. A store that is away, or throttles, is waited for; see tries.
type retry struct {
	Store
	retries  int
	outage   time.Duration // 0: an outage is not waited for, each try costs
	patience time.Duration // 0: neither is throttling
	quit     <-chan struct{}
	pulse    pulse
	counters *Counters
}

func newRetry(s Store, o Options) *retry {
	return &retry{
		Store: s, retries: o.Retries, outage: o.Outage, patience: o.Patience, quit: o.Quit,
		pulse: pulse{start: time.Now()}, counters: o.Counters,
	}
}

func (r *retry) Unwrap() Store { return r.Store }

func (r *retry) Put(ctx context.Context, o *Object, p Payload) (Receipt, error) {
	c := call{op: opPut, key: o.Key}
	put := func() (Receipt, error) { return r.Store.Put(ctx, o, p) }
	if o.OnlyNew {
		put = r.putNew(ctx, o, p)
	}
	return r.receipt(ctx, c, r.certain(ctx, c, put, func() proof { return proofOfPut(o, p) }))
}

// Begin may leave an upload behind that nobody knows, where the answer was lost: it holds no part, and is found by
// listing the uploads.
func (r *retry) Begin(ctx context.Context, o *Object) (Upload, error) {
	u, _, err := attempt(ctx, r, call{op: opBegin, key: o.Key}, func() (Upload, error) {
		return r.Store.Begin(ctx, o)
	})
	return u, err
}

func (r *retry) SendPart(ctx context.Context, u Upload, p Part) (Receipt, error) {
	return r.receipt(ctx, call{opSendPart, u.Key, p.Number}, func() (Receipt, error) {
		return r.Store.SendPart(ctx, u, p)
	})
}

// Parts goes on after the last part it yielded.
func (r *retry) Parts(ctx context.Context, u Upload) iter.Seq2[StoredPart, error] {
	return func(yield func(StoredPart, error) bool) {
		last := 0
		fresh := func(p StoredPart) bool {
			known := p.Number <= last
			last = max(last, p.Number)
			return !known
		}
		list := func() iter.Seq2[StoredPart, error] { return r.Store.Parts(ctx, u) }
		relist(ctx, r, call{op: opParts, key: u.Key}, list, fresh, yield)
	}
}

func (r *retry) Complete(ctx context.Context, u Upload, o *Object, done Completion) (Receipt, error) {
	c := call{op: opComplete, key: o.Key}
	asked := false
	known := func() proof {
		asked = true
		return proofOfCompletion(o, done)
	}
	complete := func() (Receipt, error) { return r.Store.Complete(ctx, u, o, done) }
	got, err := r.receipt(ctx, c, r.certain(ctx, c, complete, known))
	if WasStored(err) {
		asked = true
		got, err = r.reconsider(ctx, o, done.Whole, err)
	}
	if err == nil && asked {
		err = r.Abort(ctx, u) // the object may be an equal one of before, and the upload still open
	}
	return got, err
}

func (r *retry) Abort(ctx context.Context, u Upload) error {
	_, _, err := attempt(ctx, r, call{op: opAbort, key: u.Key}, func() (struct{}, error) {
		return struct{}{}, r.Store.Abort(ctx, u)
	})
	return err
}

func (r *retry) Head(ctx context.Context, key string) (Info, error) {
	i, _, err := attempt(ctx, r, call{op: opHead, key: key}, func() (Info, error) {
		return r.Store.Head(ctx, key)
	})
	return i, err
}

// receipt is attempt for what answers with a receipt, which then says how many tries it took.
func (r *retry) receipt(ctx context.Context, c call, try func() (Receipt, error)) (Receipt, error) {
	got, tries, err := attempt(ctx, r, c, try)
	if err != nil {
		return Receipt{}, err
	}
	got.Attempts = tries
	return got, nil
}

// attempt calls try until it succeeds or there is no trying again, and returns the number of tries.
func attempt[T any](ctx context.Context, r *retry, c call, try func() (T, error)) (T, int, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, 0, c.stopped(err)
	}
	for t := (tries{}); ; {
		t.begin(&r.pulse)
		got, err := try()
		r.pulse.hear(ctx, err)
		if err == nil {
			succeeded(ctx)
			return got, t.made, nil
		}
		if err = r.again(ctx, c, err, &t); err != nil {
			return none, t.made, err
		}
	}
}

// succeeded gives back to the object's budget what a success is worth.
func succeeded(ctx context.Context) {
	if b := sharedBudget(ctx); b != nil {
		b.refill()
	}
}

// again returns nil after the wait before the next try, or why there is none.
func (r *retry) again(ctx context.Context, c call, err error, t *tries) error {
	final := c.copyOf(err)
	final.Attempts = t.made
	if stopped(ctx, final) {
		return t.ended(final)
	}
	if final.Kind != TryAgain {
		return final
	}
	wait, ok := r.charge(ctx, t, final)
	if !ok {
		return final
	}
	if ended := r.pause(ctx, wait+retryAfter(err)); ended != nil {
		final.Err = both(ended, final.Err)
		return final
	}
	t.failed = final
	r.counters.Retries.Add(1)
	return nil
}

// pause is sleep for one that has failed: once the run is ending, it is over even without a wait.
func (r *retry) pause(ctx context.Context, d time.Duration) error {
	if err := sleep(ctx, r.quit, d); err != nil {
		return err
	}
	select {
	case <-r.quit:
		return ErrQuitting
	default:
		return nil
	}
}

// backoff returns the wait after that many tries, at most limit.
func backoff(tries int, limit time.Duration) time.Duration {
	if doublings := tries - 1; doublings < 16 {
		limit = min(limit, backoffBase<<doublings)
	}
	return rand.N(limit)
}

// both returns an error that is the end of a context and what had failed before.
func both(ended, failed error) error {
	if failed == nil {
		return ended
	}
	return fmt.Errorf("%w, after %w", ended, failed)
}

// relist yields what list lists, and lists again after a failure that may pass, leaving out what is not fresh.
// A try that came any further is a success, and the tries start anew: a long listing is many requests.
func relist[T any](
	ctx context.Context, r *retry, c call,
	list func() iter.Seq2[T, error], fresh func(T) bool, yield func(T, error) bool,
) {
	for t := (tries{}); ; {
		t.begin(&r.pulse)
		further, wanted, err := pass(list(), fresh, yield)
		r.pulse.hear(ctx, err)
		if err == nil || !wanted {
			succeeded(ctx)
			return
		}
		if further {
			r.pulse.beat()
			succeeded(ctx)
			t = tries{made: 1}
		}
		if err = r.again(ctx, c, err, &t); err != nil {
			var none T
			yield(none, err)
			return
		}
	}
}

// pass yields the fresh ones of a listing. It says whether there were any, and whether more are wanted.
func pass[T any](list iter.Seq2[T, error], fresh func(T) bool, yield func(T, error) bool) (further, wanted bool, err error) {
	for v, err := range list {
		if err != nil {
			return further, true, err
		}
		if !fresh(v) {
			continue
		}
		further = true
		if !yield(v, nil) {
			return further, false, nil
		}
	}
	return further, true, nil
}

// lister makes the listing of uploads try again as well.
func (r *retry) lister(below UploadLister) UploadLister { return &retryLister{r, below} }

type retryLister struct {
	retry *retry
	below UploadLister
}

// Uploads goes on after the last key it yielded. Uploads of one key come in no order: those seen are remembered. Some
// stores of the S3 dialect list keys in no order either: then all come as long as no page has to be asked for again.
func (l *retryLister) Uploads(ctx context.Context, prefix string) iter.Seq2[OpenUpload, error] {
	return func(yield func(OpenUpload, error) bool) {
		var last string // the greatest key so far
		seen := map[string]bool{}
		passes := 0
		fresh := func(u OpenUpload) bool {
			switch {
			case u.Key > last:
				last = u.Key
				clear(seen)
			case u.Key < last:
				return passes == 1
			case seen[u.ID]:
				return false
			}
			seen[u.ID] = true
			return true
		}
		list := func() iter.Seq2[OpenUpload, error] {
			passes++
			return l.below.Uploads(ctx, prefix)
		}
		relist(ctx, l.retry, call{op: opUploads, key: prefix}, list, fresh, yield)
	}
}
