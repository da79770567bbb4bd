package sender_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

func TestRetryEndsAfterItsBudget(t *testing.T) {
	for _, c := range []struct{ retries, calls int }{{0, 9}, {1, 2}, {-1, 1}} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(sender.Options{Retries: c.retries}, sendertest.MemoryOptions{})
			r.faults.Always(sendertest.Put, sendertest.Fault{Fail: busy()})
			_, err := r.put(t, content)
			r.wantCalls(t, sendertest.Put, c.calls)
			if attempts(err) != c.calls {
				t.Errorf("the error says %d tries, want %d: %v", attempts(err), c.calls, err)
			}
			if got := r.counts.Retries.Load(); got != int64(c.calls-1) {
				t.Errorf("%d retries counted, want %d", got, c.calls-1)
			}
		})
	}
}

func TestRetryRepeatsNothingThatCannotSucceed(t *testing.T) {
	for _, err := range []error{
		errors.New("of no kind"),
		&sender.Error{Kind: sender.GiveUp},
		&sender.Error{Kind: sender.StopRun},
	} {
		s := sender.Stack(foreign{sendertest.NewMemory(), err}, sender.Options{})
		_, got := s.Begin(t.Context(), &sender.Object{Key: "key"})
		if attempts(got) != 1 || sender.KindOf(got) != sender.KindOf(err) {
			t.Errorf("%v became %v after %d tries, want 1", err, got, attempts(got))
		}
	}
}

// foreign is a store whose Begin answers err as it is.
type foreign struct {
	sender.Store
	err error
}

func (f foreign) Begin(context.Context, *sender.Object) (sender.Upload, error) {
	return sender.Upload{}, f.err
}

// The wait before the first try again is anywhere between 0 and 200 ms: a fixed wait would keep a herd together.
func TestRetryWaitIsFullJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 500
		var waits []time.Duration
		for range n {
			r := newRig(sender.Options{}, sendertest.MemoryOptions{})
			r.faults.On(sendertest.Put, sendertest.Fault{Fail: busy()}, 1)
			began := time.Now()
			if _, err := r.put(t, content); err != nil {
				t.Fatal(err)
			}
			waits = append(waits, time.Since(began))
		}
		slices.Sort(waits)
		for _, want := range []struct {
			at       int
			from, to time.Duration
		}{
			{0, 0, 20 * time.Millisecond},
			{n / 2, 70 * time.Millisecond, 130 * time.Millisecond},
			{n - 1, 180 * time.Millisecond, 200 * time.Millisecond},
		} {
			if got := waits[want.at]; got < want.from || got > want.to {
				t.Errorf("wait %d of %d is %v, want %v to %v", want.at, n, got, want.from, want.to)
			}
		}
	})
}

func TestRetryWaitsGrowAndAreCapped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{Retries: 100}, sendertest.MemoryOptions{})
		var at []time.Time
		r.faults.When(sendertest.Put, func(int) sendertest.Fault {
			at = append(at, time.Now())
			return sendertest.Fault{Fail: busy()}
		})
		_, _ = r.put(t, content)
		var sum time.Duration
		for i := range at[1:] {
			wait, most := at[i+1].Sub(at[i]), min(20*time.Second, 200*time.Millisecond<<min(i, 20))
			if wait > most {
				t.Errorf("wait %d is %v, more than %v", i+1, wait, most)
			}
			sum += wait
		}
		if early := at[16].Sub(at[6]); early < 10*time.Second {
			t.Errorf("the 7th to the 16th wait are %v together, want about 90 s", early)
		}
		if mean := sum / 100; mean < 6*time.Second || mean > 13*time.Second {
			t.Errorf("the waits are %v on average, want about 9 s", mean)
		}
	})
}

func TestRetryAfterIsTheLeastWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := busy()
		slow.RetryAfter = 3 * time.Second
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		r.faults.On(sendertest.Put, sendertest.Fault{Fail: slow}, 1)
		began := time.Now()
		if _, err := r.put(t, content); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < 3*time.Second || took > 5*time.Second {
			t.Errorf("tried again after %v, want 3 s and a little", took)
		}
	})
}

func TestRetryAfterCannotStallARun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := busy()
		slow.RetryAfter = 1000 * time.Hour
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		r.faults.On(sendertest.Put, sendertest.Fault{Fail: slow}, 1)
		began := time.Now()
		if _, err := r.put(t, content); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > sender.MaxRetryAfter+2*time.Second {
			t.Errorf("tried again after %v", took)
		}
	})
}

func TestRetryWaitEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := busy()
		slow.RetryAfter, slow.Err = time.Minute, sender.ErrExists
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		r.faults.Always(sendertest.Head, sendertest.Fault{Fail: slow})
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err := r.stack.Head(ctx, "key")
		if took := time.Since(began); took != 50*time.Millisecond {
			t.Errorf("took %v to end with its context", took)
		}
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, sender.ErrExists) || attempts(err) != 1 {
			t.Errorf("error %v, want the end of the context and what had failed", err)
		}
	})
}

func TestRetryStartsNothingWhenContextHasEnded(t *testing.T) {
	r := newRig(sender.Options{}, sendertest.MemoryOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.stack.Begin(ctx, &sender.Object{Key: "key"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	r.wantCalls(t, sendertest.Begin, 0)
}

func TestReceiptSaysItsAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		r.faults.On(sendertest.Put, sendertest.Fault{Fail: busy()}, 1, 2)
		got, err := r.put(t, content)
		if err != nil || got.Attempts != 3 {
			t.Errorf("%d attempts, %v, want 3", got.Attempts, err)
		}
		r.wantObject(t, content)
	})
}

// An error that a store hands to many callers must not be written to.
func TestRetryDoesNotChangeTheStoresErrors(t *testing.T) {
	shared := &sender.Error{Op: "begin upload", Kind: sender.GiveUp}
	s := sender.Stack(foreign{sendertest.NewMemory(), shared}, sender.Options{})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { _, _ = s.Begin(t.Context(), &sender.Object{Key: "key"}) })
	}
	all.Wait()
	if shared.Attempts != 0 {
		t.Errorf("the store's own error says %d attempts", shared.Attempts)
	}
}

func TestPartsGoOnWhereTheyFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		u := r.begin(t, nil)
		r.faults.On(sendertest.Parts, sendertest.Fault{Lose: true}, 1) // after its first part
		r.faults.On(sendertest.Parts, sendertest.Fault{Fail: busy()}, 2)
		var numbers []int
		for p, err := range r.stack.Parts(t.Context(), u.Upload) {
			if err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, p.Number)
		}
		if !slices.Equal(numbers, []int{1, 2}) {
			t.Errorf("parts %v, want 1 and 2 once", numbers)
		}
		r.wantCalls(t, sendertest.Parts, 3)
	})
}

func TestPartsEndWithTheirError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{Retries: 2}, sendertest.MemoryOptions{})
		u := r.begin(t, nil)
		r.faults.Always(sendertest.Parts, sendertest.Fault{Fail: busy()})
		var errs []error
		for _, err := range r.stack.Parts(t.Context(), u.Upload) {
			errs = append(errs, err)
		}
		if len(errs) != 1 || attempts(errs[0]) != 3 {
			t.Errorf("errors %v, want one after 3 tries", errs)
		}
	})
}
