package sender_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// send sends one byte as a part of no upload: the script decides what becomes of it.
func (r *rig) send(ctx context.Context, number int) error {
	p := sender.Part{Number: number, Payload: sendertest.Payload([]byte{1})}
	_, err := r.stack.SendPart(ctx, sender.Upload{Key: "key"}, p)
	return err
}

// An object of a thousand parts that fails everywhere must not be tried nine thousand times.
func TestBudgetEndsAllRequestsOfAnObject(t *testing.T) {
	for _, c := range []struct{ retries, most int }{{0, sender.DefaultRetries}, {3, 3}, {-1, 0}} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(sender.Options{Retries: 100}, sendertest.MemoryOptions{})
			r.faults.Always(sendertest.SendPart, down)
			ctx := sender.WithBudget(t.Context(), sender.NewBudget(c.retries))
			parallel(20, func(i int) {
				err := r.send(ctx, i+1)
				if err == nil || !strings.Contains(err.Error(), "retries of this object are used up") {
					t.Errorf("the error does not say what ended it: %v", err)
				}
			})
			r.wantCalls(t, sendertest.SendPart, 20+c.most)
		})
	}
}

// Two successes pay for one more retry; a thousand for no more than there were at first.
func TestBudgetIsRefilledBySuccess(t *testing.T) {
	for successes, calls := range map[int]int{0: 1, 1: 1, 2: 2, 4: 3, 1000: 3} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(sender.Options{}, sendertest.MemoryOptions{})
			r.faults.Always(sendertest.SendPart, down)
			ctx := sender.WithBudget(t.Context(), sender.NewBudget(2))
			_ = r.send(ctx, 1)
			for range successes {
				if _, err := r.stack.Begin(ctx, &sender.Object{Key: "key"}); err != nil {
					t.Fatal(err)
				}
			}
			before := r.faults.Calls(sendertest.SendPart)
			_ = r.send(ctx, 1)
			r.wantCalls(t, sendertest.SendPart, before+calls)
		})
	}
}

// An object that fails must not spend what another one has.
func TestBudgetIsOfOneObject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		r.faults.Always(sendertest.SendPart, down)
		_ = r.send(sender.WithBudget(t.Context(), sender.NewBudget(2)), 1)
		for _, ctx := range []context.Context{t.Context(), sender.WithBudget(t.Context(), sender.NewBudget(8))} {
			if err := r.send(ctx, 1); attempts(err) != 9 {
				t.Errorf("%d tries, want 9: %v", attempts(err), err)
			}
		}
	})
}

// What is free for a request is free for its object.
func TestOutageAndThrottlingCostNoBudget(t *testing.T) {
	for name, err := range map[string]error{
		"outage":     sender.ErrUnreachable,
		"throttling": tooMany(sender.TooManyRequests, 0),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(sender.Options{}, sendertest.MemoryOptions{})
				r.away(sender.DefaultOutage/2, err, sendertest.Begin)
				ctx := sender.WithBudget(t.Context(), sender.NewBudget(1))
				if err := r.beginOnly(ctx); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// A listing that comes further each time pays for its failures only in part: it ends, but not at once.
func TestBudgetOfAListing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		u := r.begin(t, nil)
		r.faults.On(sendertest.Parts, lose, 1) // after its first part
		r.faults.On(sendertest.Parts, down, 2)
		ctx := sender.WithBudget(t.Context(), sender.NewBudget(2))
		n := 0
		for _, err := range r.stack.Parts(ctx, u.Upload) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n != 2 {
			t.Errorf("%d parts, want 2", n)
		}
	})
}
