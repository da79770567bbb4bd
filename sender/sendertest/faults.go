package sendertest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

// Op is a method of a store.
type Op int

// The methods, as a script of faults names them.
const (
	Put Op = iota
	Begin
	SendPart
	Parts
	Complete
	Abort
	Head
	ops // how many there are
)

var opNames = [ops]string{"put object", "begin upload", "send part", "list parts", "complete upload", "abort upload", "head object"}

// String returns the name that errors use.
func (o Op) String() string { return opNames[o] }

// Fault is what goes wrong with one call. What is set happens in the order of the fields; the zero Fault is none.
type Fault struct {
	Delay   time.Duration // the call waits first, at most until its context ends
	Block   bool          // the call waits until its context ends
	Fail    error         // the call is not carried out; it answers this
	Flip    bool          // one bit of the payload changes on the way, and its sums with it: the store cannot know
	Lose    bool          // the call is carried out, and answers ErrNoAnswer
	Forge   bool          // the call is carried out; the checksum and the ETag of its receipt are of other bytes
	Silence bool          // the call is carried out; its receipt, or what Head says, has no checksum
}

// Faults is a decorator that lets calls fail by a script, and counts them. The script is set before the calls it is
// about; the methods may be called at any time.
type Faults struct {
	sender.Store

	mu     sync.Mutex
	calls  [ops]int
	script [ops]func(n int) Fault
}

// NewFaults returns a decorator without faults.
func NewFaults(s sender.Store) *Faults { return &Faults{Store: s} }

// On makes the n-th calls of a method go wrong, counted from 1.
func (f *Faults) On(op Op, fault Fault, n ...int) *Faults {
	return f.When(op, func(i int) Fault {
		if slices.Contains(n, i) {
			return fault
		}
		return Fault{}
	})
}

// Always makes every call of a method go wrong.
func (f *Faults) Always(op Op, fault Fault) *Faults {
	return f.When(op, func(int) Fault { return fault })
}

// When asks decide about the n-th call of a method, counted from 1. What an earlier script of the method decides
// comes first. The script runs under a lock: it may keep state, and must not call f.
func (f *Faults) When(op Op, decide func(n int) Fault) *Faults {
	f.mu.Lock()
	defer f.mu.Unlock()
	earlier := f.script[op]
	f.script[op] = func(n int) Fault {
		if earlier != nil {
			if fault := earlier(n); fault != (Fault{}) {
				return fault
			}
		}
		return decide(n)
	}
	return f
}

// Calls returns how often a method was called so far.
func (f *Faults) Calls(op Op) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[op]
}

// Unwrap returns the store below.
func (f *Faults) Unwrap() sender.Store { return f.Store }

// Put may fail, lose its answer, corrupt or delay.
func (f *Faults) Put(ctx context.Context, o *sender.Object, p sender.Payload) (sender.Receipt, error) {
	fault, err := f.next(ctx, Put, o.Key, 0)
	if err != nil {
		return sender.Receipt{}, err
	}
	r, err := f.Store.Put(ctx, o, fault.payload(p))
	return fault.receipt(r, err, Put, o.Key, 0)
}

// Begin may fail, lose its answer or delay.
func (f *Faults) Begin(ctx context.Context, o *sender.Object) (sender.Upload, error) {
	fault, err := f.next(ctx, Begin, o.Key, 0)
	if err != nil {
		return sender.Upload{}, err
	}
	u, err := f.Store.Begin(ctx, o)
	if err == nil && fault.Lose {
		return sender.Upload{}, lost(Begin, o.Key, 0)
	}
	return u, err
}

// SendPart may fail, lose its answer, corrupt or delay.
func (f *Faults) SendPart(ctx context.Context, u sender.Upload, p sender.Part) (sender.Receipt, error) {
	fault, err := f.next(ctx, SendPart, u.Key, p.Number)
	if err != nil {
		return sender.Receipt{}, err
	}
	p.Payload = fault.payload(p.Payload)
	r, err := f.Store.SendPart(ctx, u, p)
	return fault.receipt(r, err, SendPart, u.Key, p.Number)
}

// Parts may fail before its first part, or delay; where it loses its answer, it fails after its first part.
func (f *Faults) Parts(ctx context.Context, u sender.Upload) iter.Seq2[sender.StoredPart, error] {
	return func(yield func(sender.StoredPart, error) bool) {
		fault, err := f.next(ctx, Parts, u.Key, 0)
		if err != nil {
			yield(sender.StoredPart{}, err)
			return
		}
		for p, err := range f.Store.Parts(ctx, u) {
			if !yield(p, err) {
				return
			}
			if fault.Lose {
				yield(sender.StoredPart{}, lost(Parts, u.Key, 0))
				return
			}
		}
	}
}

// Complete may fail, lose its answer, forge it or delay.
func (f *Faults) Complete(ctx context.Context, u sender.Upload, o *sender.Object, c sender.Completion) (sender.Receipt, error) {
	fault, err := f.next(ctx, Complete, u.Key, 0)
	if err != nil {
		return sender.Receipt{}, err
	}
	r, err := f.Store.Complete(ctx, u, o, c)
	return fault.receipt(r, err, Complete, u.Key, 0)
}

// Abort may fail, lose its answer or delay.
func (f *Faults) Abort(ctx context.Context, u sender.Upload) error {
	fault, err := f.next(ctx, Abort, u.Key, 0)
	if err != nil {
		return err
	}
	err = f.Store.Abort(ctx, u)
	if err == nil && fault.Lose {
		return lost(Abort, u.Key, 0)
	}
	return err
}

// Head may fail, lose its answer, say no checksum or delay.
func (f *Faults) Head(ctx context.Context, key string) (sender.Info, error) {
	fault, err := f.next(ctx, Head, key, 0)
	if err != nil {
		return sender.Info{}, err
	}
	i, err := f.Store.Head(ctx, key)
	switch {
	case err == nil && fault.Lose:
		return sender.Info{}, lost(Head, key, 0)
	case fault.Silence:
		i.Checksum = hasher.Checksum{}
	case fault.Forge:
		i.Checksum = forge(i.Checksum)
	}
	return i, err
}

// next counts a call, and returns what is to go wrong with it after the waiting; or the error by which it ends.
func (f *Faults) next(ctx context.Context, op Op, key string, part int) (Fault, error) {
	fault := f.decide(op)
	about := sender.Error{Op: op.String(), Key: key, Part: part, Kind: sender.TryAgain}
	if err := fault.wait(ctx); err != nil {
		return fault, fail(about, err)
	}
	if e, ok := errors.AsType[*sender.Error](fault.Fail); ok {
		own := *e
		own.Op, own.Key, own.Part = about.Op, key, part
		return fault, &own
	}
	if fault.Fail != nil {
		return fault, fail(about, fault.Fail)
	}
	return fault, nil
}

func (f *Faults) decide(op Op) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[op]++
	if f.script[op] == nil {
		return Fault{}
	}
	return f.script[op](f.calls[op])
}

func (fault Fault) wait(ctx context.Context) error {
	if fault.Delay > 0 {
		t := time.NewTimer(fault.Delay)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
		}
	}
	if fault.Block {
		<-ctx.Done()
	}
	return ctx.Err()
}

// payload returns what reaches the store.
func (fault Fault) payload(p sender.Payload) sender.Payload {
	if !fault.Flip || len(p.Data) == 0 {
		return p
	}
	flipped := slices.Clone(p.Data)
	flipped[len(flipped)/2] ^= 1
	return sender.Payload{Data: flipped, Sums: hasher.Sum(flipped, p.Sums.Set())}
}

// receipt returns what the caller hears.
func (fault Fault) receipt(r sender.Receipt, err error, op Op, key string, part int) (sender.Receipt, error) {
	switch {
	case err != nil:
	case fault.Lose:
		return sender.Receipt{}, lost(op, key, part)
	case fault.Silence:
		r.Checksum = hasher.Checksum{}
	case fault.Forge:
		r.Checksum, r.ETag = forge(r.Checksum), "forged"
	}
	return r, err
}

// forge returns another checksum of the same algorithm.
func forge(c hasher.Checksum) hasher.Checksum {
	if c.IsZero() {
		return c
	}
	b := slices.Clone(c.Bytes())
	b[0] ^= 1
	c, _ = hasher.FromBytes(c.Algorithm, b)
	return c
}

func lost(op Op, key string, part int) error {
	return &sender.Error{Op: op.String(), Key: key, Part: part, Kind: sender.TryAgain, Err: sender.ErrNoAnswer}
}
