package sender_test

import (
	"context"
	"iter"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// The decorators must keep the contract that the store keeps.
func TestStackKeepsTheContract(t *testing.T) {
	sendertest.Run(t, func(*testing.T) sendertest.Subject {
		m := sendertest.NewMemory()
		s := sender.Stack(m, sender.Options{Retries: -1})
		return sendertest.Subject{Store: s, Settles: true, Read: m.Read, ContentType: m.ContentType}
	})
}

// flaky is a store whose listing of uploads fails once after each upload.
type flaky struct {
	*sendertest.Memory
	failed map[string]bool
}

func (f flaky) Uploads(ctx context.Context, prefix string) iter.Seq2[sender.OpenUpload, error] {
	return func(yield func(sender.OpenUpload, error) bool) {
		for u, err := range f.Memory.Uploads(ctx, prefix) {
			if !yield(u, err) {
				return
			}
			if !f.failed[u.ID] {
				f.failed[u.ID] = true
				yield(sender.OpenUpload{}, busy())
				return
			}
		}
	}
}

func TestListerReachesThroughTheStack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sender.Stack(sendertest.NewFaults(flaky{sendertest.NewMemory(), map[string]bool{}}), sender.Options{Retries: 1})
		for _, key := range []string{"b", "a", "b", "c"} {
			if _, err := s.Begin(t.Context(), &sender.Object{Key: key}); err != nil {
				t.Fatal(err)
			}
		}
		lister, ok := sender.Lister(s)
		if !ok {
			t.Fatal("the stack hides the store's listing")
		}
		var keys []string
		for u, err := range lister.Uploads(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, u.Key)
		}
		if !slices.Equal(keys, []string{"a", "b", "b", "c"}) {
			t.Errorf("uploads of %v, want each once", keys)
		}
	})
}

func TestListerOfAStoreThatCannot(t *testing.T) {
	if _, ok := sender.Lister(sender.Stack(struct{ sender.Store }{sendertest.NewMemory()}, sender.Options{})); ok {
		t.Error("there is a lister where the store has none")
	}
}

func TestCounters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		r.faults.On(sendertest.SendPart, sendertest.Fault{Fail: busy()}, 1)
		u := r.begin(t, nil)
		if _, err := u.complete(t); err != nil {
			t.Fatal(err)
		}
		if _, err := r.put(t, content); err != nil {
			t.Fatal(err)
		}
		c := r.counts
		got := []int64{
			c.Requests.Load(), c.Failures.Load(), c.Retries.Load(), c.ObjectsSent.Load(),
			c.PartsSent.Load(), c.BytesSent.Load(), c.BytesLost.Load(),
		}
		if want := []int64{6, 1, 1, 1, 2, 20, 5}; !slices.Equal(got, want) {
			t.Errorf("counted %v, want %v", got, want)
		}
	})
}
