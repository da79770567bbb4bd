package sender

import (
	"context"
	"errors"
	"testing"
	"time"
)

// A budget of n retries has n, and never more, whatever succeeds.
func TestBudgetHasItsRetriesAndNoMore(t *testing.T) {
	for _, retries := range []int{0, 1, 3} {
		b := newBudget(retries)
		for range 10 {
			b.refill()
		}
		taken := 0
		for taken <= 2*retries && b.take() {
			taken++
		}
		if taken != retries {
			t.Errorf("%d retries were taken of %d", taken, retries)
		}
	}
}

// Who shares a budget that is used up has none of his own.
func TestCallsUnderAnEmptyBudgetAreNotTriedAgain(t *testing.T) {
	r := newRetry(nil, Options{Retries: 5}.withDefaults())
	ctx := WithBudget(t.Context(), newBudget(1))
	for try, want := range []bool{true, false, false} {
		if _, ok := r.pay(ctx, &tries{made: 1}, new(Error)); ok != want {
			t.Errorf("after %d tries there is another: %v", try+1, ok)
		}
	}
}

func TestCallWithoutABudgetHasItsOwnRetries(t *testing.T) {
	r := newRetry(nil, Options{Retries: 2}.withDefaults())
	one := &tries{made: 1}
	for try, want := range []bool{true, true, false, false} {
		if _, ok := r.pay(t.Context(), one, new(Error)); ok != want {
			t.Errorf("after %d tries there is another: %v", try+1, ok)
		}
	}
}

// Others were answered before this try began, and it was not: the fault is its own.
func TestSilenceIsNoOutageWhileOthersAreAnswered(t *testing.T) {
	r := newRetry(nil, Options{Outage: time.Minute}.withDefaults())
	ctx := WithBudget(t.Context(), newBudget(0))
	for alive, want := range map[bool]bool{false: true, true: false} {
		silent := &tries{made: 1, alive: alive}
		if _, ok := r.charge(ctx, silent, &Error{Kind: TryAgain, Err: ErrNoAnswer}); ok != want {
			t.Errorf("the store known to be alive: %v, another try: %v", alive, ok)
		}
	}
}

// throttledFor returns a call that has been throttled for so long, in a run that has served somebody so long ago.
func throttledFor(long, served time.Duration) (*retry, *tries) {
	now := time.Now()
	r := newRetry(nil, Options{Patience: time.Minute}.withDefaults())
	r.pulse.start = now.Add(-time.Hour)
	r.pulse.served.Store(int64(time.Hour - served))
	return r, &tries{made: 1, turned: now.Add(-long)}
}

func TestPatienceEnds(t *testing.T) {
	empty := func(ctx context.Context) context.Context { return WithBudget(ctx, newBudget(0)) }
	for _, c := range []struct {
		name         string
		long, served time.Duration
		want         bool
		kind         Kind
	}{
		{"not yet", 50 * time.Second, time.Hour, true, TryAgain},
		{"with everybody", 70 * time.Second, time.Hour, false, StopRun},
		{"not yet, as others were served then", 70 * time.Second, 40 * time.Second, true, TryAgain},
		{"with one alone, who has no retries left", 70 * time.Second, time.Second, false, TryAgain},
	} {
		r, tried := throttledFor(c.long, c.served)
		e := &Error{Kind: TryAgain, Throttle: TooManyRequests}
		if _, ok := r.charge(empty(t.Context()), tried, e); ok != c.want || e.Kind != c.kind {
			t.Errorf("%s: another try %v, kind %d", c.name, ok, e.Kind)
		}
	}
}

// Whoever drew no wait at all must look too.
func TestQuitAllowsNoTryWithoutAWaitEither(t *testing.T) {
	quit := make(chan struct{})
	r := newRetry(nil, Options{Quit: quit}.withDefaults())
	if err := r.pause(t.Context(), 0); err != nil {
		t.Errorf("before: %v", err)
	}
	close(quit)
	if err := r.pause(t.Context(), 0); !errors.Is(err, ErrQuitting) {
		t.Errorf("got %v", err)
	}
}
