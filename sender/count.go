package sender

import (
	"context"
	"errors"
	"iter"
	"sync/atomic"
)

// Counters is what a run asked of its store so far. They only grow, and may be read at any time.
type Counters struct {
	Requests  atomic.Int64 // calls on the store, tries again included; a listing is one, however many pages it has
	Failures  atomic.Int64 // of these, the ones that failed
	Retries   atomic.Int64 // tries after the first
	Throttled atomic.Int64 // answers by which the store wanted less
	Slowed    atomic.Int64 // times that the run cut its pace for it
	Corrupt   atomic.Int64 // receipts that contradicted what was sent
	Settled   atomic.Int64 // answers that never came, or spoke of other bytes, of requests that Head proved done

	ObjectsSent atomic.Int64 // Puts that succeeded
	PartsSent   atomic.Int64 // SendParts that succeeded
	BytesSent   atomic.Int64 // payload of both
	BytesLost   atomic.Int64 // payload of Puts and SendParts that failed; it may have been sent in part, or not at all

	Waited atomic.Int64 // nanoseconds that requests were held back by limits and pauses, summed over requests
}

// count counts the requests that reach the store.
type count struct {
	Store
	counters *Counters
}

func (c *count) Unwrap() Store { return c.Store }

func (c *count) Put(ctx context.Context, o *Object, p Payload) (Receipt, error) {
	r, err := c.Store.Put(ctx, o, p)
	c.sent(len(p.Data), err, &c.counters.ObjectsSent)
	return r, err
}

func (c *count) Begin(ctx context.Context, o *Object) (Upload, error) {
	u, err := c.Store.Begin(ctx, o)
	c.asked(err)
	return u, err
}

func (c *count) SendPart(ctx context.Context, u Upload, p Part) (Receipt, error) {
	r, err := c.Store.SendPart(ctx, u, p)
	c.sent(len(p.Data), err, &c.counters.PartsSent)
	return r, err
}

func (c *count) Parts(ctx context.Context, u Upload) iter.Seq2[StoredPart, error] {
	return func(yield func(StoredPart, error) bool) {
		var failed error
		defer func() { c.asked(failed) }()
		for p, err := range c.Store.Parts(ctx, u) {
			failed = err
			if !yield(p, err) {
				return
			}
		}
	}
}

func (c *count) Complete(ctx context.Context, u Upload, o *Object, done Completion) (Receipt, error) {
	r, err := c.Store.Complete(ctx, u, o, done)
	c.asked(err)
	return r, err
}

func (c *count) Abort(ctx context.Context, u Upload) error {
	err := c.Store.Abort(ctx, u)
	c.asked(err)
	return err
}

func (c *count) Head(ctx context.Context, key string) (Info, error) {
	i, err := c.Store.Head(ctx, key)
	c.asked(err)
	return i, err
}

// sent counts a request that carried n bytes, and succeeded unless err says otherwise.
func (c *count) sent(n int, err error, successes *atomic.Int64) {
	c.asked(err)
	if err != nil {
		c.counters.BytesLost.Add(int64(n))
		return
	}
	successes.Add(1)
	c.counters.BytesSent.Add(int64(n))
}

func (c *count) asked(err error) {
	c.counters.Requests.Add(1)
	if err == nil {
		return
	}
	c.counters.Failures.Add(1)
	if throttled(err) != NotThrottled {
		c.counters.Throttled.Add(1)
	}
	if errors.Is(err, ErrCorrupt) {
		c.counters.Corrupt.Add(1)
	}
}
