package sender

import "testing"

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
