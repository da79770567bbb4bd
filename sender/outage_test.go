package sender_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

const forever = 1000 * time.Hour

// away lets all calls of these methods fail with err, from now on for d.
func (r *rig) away(d time.Duration, err error, of ...sendertest.Op) {
	began := time.Now()
	for _, op := range of {
		r.faults.When(op, func(int) sendertest.Fault {
			if time.Since(began) < d {
				return sendertest.Fault{Fail: err}
			}
			return sendertest.Fault{}
		})
	}
}

func (r *rig) beginOnly(ctx context.Context) error {
	_, err := r.stack.Begin(ctx, &sender.Object{Key: "key"})
	return err
}

// ask makes another call of the run, which is answered unless the store is away.
func (r *rig) ask(ctx context.Context) error {
	_, err := r.stack.Head(ctx, "other")
	return err
}

// wantFailure expects the error of a call that began at a given time to be of a kind, and to come between least and
// most after that.
func wantFailure(t *testing.T, err error, kind sender.Kind, began time.Time, least, most time.Duration) {
	t.Helper()
	if err == nil || sender.KindOf(err) != kind {
		t.Errorf("error %v of kind %v, want kind %v", err, sender.KindOf(err), kind)
	}
	if took := time.Since(began); took < least || took > most {
		t.Errorf("failed after %v, want %v to %v", took, least, most)
	}
}

// A request that was never sent is sent again; of one that may have been carried out, the store is asked until it
// answers, and then it is sent once more.
func TestRestartOfTheStoreIsOutlasted(t *testing.T) {
	for _, silence := range []error{sender.ErrUnreachable, sender.ErrNoAnswer} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(sender.Options{Retries: 1}, sendertest.MemoryOptions{})
			r.away(time.Minute, silence, sendertest.Put, sendertest.Head)
			began := time.Now()
			got, err := r.put(t, content)
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took < time.Minute || took > 80*time.Second {
				t.Errorf("took %v, want a minute and one wait at most", took)
			}
			puts := got.Attempts
			if errors.Is(silence, sender.ErrNoAnswer) {
				puts = 2
			}
			r.wantCalls(t, sendertest.Put, puts)
			r.wantObject(t, content)
		})
	}
}

func TestStoreThatStaysAwayStopsTheRun(t *testing.T) {
	for outage, limit := range map[time.Duration]time.Duration{0: sender.DefaultOutage, time.Hour: time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(sender.Options{Outage: outage}, sendertest.MemoryOptions{})
			r.away(forever, sender.ErrUnreachable, sendertest.Begin)
			began := time.Now()
			err := r.beginOnly(t.Context())
			wantFailure(t, err, sender.StopRun, began, limit, limit+time.Second)
			if !errors.Is(err, sender.ErrUnreachable) || !strings.Contains(err.Error(), "not answered for "+limit.String()) {
				t.Errorf("the error does not say what happened: %v", err)
			}
			r.wantCalls(t, sendertest.Begin, attempts(err))
		})
	}
}

func TestStoreThatStaysAwayEndsAListing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		u := r.begin(t, nil)
		r.away(time.Minute, sender.ErrUnreachable, sendertest.Parts)
		if got := r.list(t, u.Upload, nil); !slices.Equal(got, []int{1, 2}) {
			t.Errorf("parts %v after an outage, want 1 and 2", got)
		}
		r.away(forever, sender.ErrUnreachable, sendertest.Parts)
		began := time.Now()
		var err error
		_ = r.list(t, u.Upload, &err)
		wantFailure(t, err, sender.StopRun, began, sender.DefaultOutage, sender.DefaultOutage+time.Second)
	})
}

// list returns the numbers of an upload's parts. Where failed is nil, there must be no error.
func (r *rig) list(t *testing.T, u sender.Upload, failed *error) (numbers []int) {
	t.Helper()
	for p, err := range r.stack.Parts(t.Context(), u) {
		switch {
		case err == nil:
			numbers = append(numbers, p.Number)
		case failed == nil:
			t.Fatal(err)
		default:
			*failed = err
		}
	}
	return numbers
}

// One request that is never answered is no outage: the others of the run show that the store is there.
func TestRequestThatAloneIsNeverAnsweredCostsItsRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		r.faults.Always(sendertest.Begin, drop)
		ctx, cancel := context.WithCancel(t.Context())
		var others sync.WaitGroup
		others.Go(func() {
			for ctx.Err() == nil {
				_ = r.ask(ctx)
				time.Sleep(300 * time.Millisecond)
			}
		})
		began := time.Now()
		err := r.beginOnly(ctx)
		cancel()
		others.Wait()
		wantFailure(t, err, sender.TryAgain, began, time.Second, sender.DefaultOutage)
		if !errors.Is(err, sender.ErrNoAnswer) || attempts(err) <= sender.DefaultRetries {
			t.Errorf("%d tries: %v, want %v after all retries", attempts(err), err, sender.ErrNoAnswer)
		}
	})
}

// The question what became of a request is a call too: its answer shows that the store is there.
func TestCompleteThatIsNeverAnsweredCostsItsRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{Retries: 3}, sendertest.MemoryOptions{})
		u := r.begin(t, nil)
		r.faults.Always(sendertest.Complete, drop)
		began := time.Now()
		_, err := u.complete(t)
		wantFailure(t, err, sender.TryAgain, began, 0, sender.DefaultOutage)
	})
}

func TestAnswersCostRetriesAfterAnOutageAsBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{Retries: 2}, sendertest.MemoryOptions{})
		answered := 0
		r.away(time.Minute, sender.ErrUnreachable, sendertest.Begin)
		r.faults.When(sendertest.Begin, func(int) sendertest.Fault {
			answered++
			return down
		})
		began := time.Now()
		wantFailure(t, r.beginOnly(t.Context()), sender.TryAgain, began, time.Minute, 2*time.Minute)
		if answered != 3 {
			t.Errorf("%d answers, want 3: the outage costs none", answered)
		}
	})
}

func TestOutageIsNotWaitedForWhereNobodyWants(t *testing.T) {
	for _, c := range []struct {
		options sender.Options
		calls   int
	}{
		{sender.Options{Retries: -1}, 1},
		{sender.Options{Retries: -1, Outage: time.Hour}, 1},
		{sender.Options{Retries: 2, Outage: -1}, 3},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(c.options, sendertest.MemoryOptions{})
			r.away(forever, sender.ErrUnreachable, sendertest.Begin)
			began := time.Now()
			wantFailure(t, r.beginOnly(t.Context()), sender.TryAgain, began, 0, time.Second)
			r.wantCalls(t, sendertest.Begin, c.calls)
		})
	}
}

// What a dying store had answered may arrive a moment after it has refused the first connection.
func TestLateAnswerIsNoSignOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{Retries: 1}, sendertest.MemoryOptions{})
		r.away(time.Minute, sender.ErrUnreachable, sendertest.Begin)
		r.faults.On(sendertest.Head, sendertest.Fault{Delay: 900 * time.Millisecond}, 1)
		var others sync.WaitGroup
		others.Go(func() { _ = r.ask(t.Context()) })
		if err := r.beginOnly(t.Context()); err != nil {
			t.Error(err)
		}
		others.Wait()
	})
}

// The try that reaches the limit may have begun before the store came back.
func TestStoreThatCameBackDuringTheLastTryStopsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		hangs := sendertest.Fault{Delay: 2 * sender.DefaultOutage, Fail: sender.ErrNoAnswer}
		r.faults.On(sendertest.Begin, drop, 1).On(sendertest.Begin, hangs, 2)
		var others sync.WaitGroup
		others.Go(func() {
			time.Sleep(sender.DefaultOutage / 2)
			_ = r.ask(t.Context())
		})
		if err := r.beginOnly(t.Context()); err != nil {
			t.Error(err)
		}
		others.Wait()
		r.wantCalls(t, sendertest.Begin, 3)
	})
}

func TestOutageEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		r.away(forever, sender.ErrUnreachable, sendertest.Begin)
		ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
		defer cancel()
		began := time.Now()
		err := r.beginOnly(ctx)
		wantFailure(t, err, sender.TryAgain, began, 45*time.Second, 45*time.Second)
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, sender.ErrUnreachable) {
			t.Errorf("error %v, want the end of the context and what had failed", err)
		}
	})
}

// A call that its caller ends has heard nothing. Were that taken for an answer, an outage would cost retries.
func TestEndOfAContextIsNoSignOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{Retries: 1}, sendertest.MemoryOptions{})
		r.away(time.Minute, sender.ErrUnreachable, sendertest.Begin)
		r.faults.Always(sendertest.Head, sendertest.Fault{Block: true})
		brief, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		var others sync.WaitGroup
		others.Go(func() { _ = r.ask(brief) })
		if err := r.beginOnly(t.Context()); err != nil {
			t.Error(err)
		}
		others.Wait()
	})
}

// hanging is a store whose Begin waits until its context ends, as a request does whose answer does not come.
type hanging struct{ sender.Store }

func (hanging) Begin(ctx context.Context, _ *sender.Object) (sender.Upload, error) {
	short, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	<-short.Done()
	err := errors.Join(sender.ErrNoAnswer, ctx.Err())
	return sender.Upload{}, &sender.Error{Kind: sender.TryAgain, Err: err}
}

// Who ends a call late in an outage did not wait for its end: the run need not stop.
func TestContextThatEndsDuringTheLastTryStopsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sender.Stack(hanging{sendertest.NewMemory()}, sender.Options{Outage: 30 * time.Second})
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Second)
		defer cancel()
		began := time.Now()
		_, err := s.Begin(ctx, &sender.Object{Key: "key"})
		wantFailure(t, err, sender.TryAgain, began, 100*time.Second, 100*time.Second)
	})
}
