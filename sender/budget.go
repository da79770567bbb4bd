package sender

import (
	"context"
	"sync/atomic"
)

// Budget is what the requests of one object may spend on trying again, together. A failed try that costs takes one
// retry; a request that succeeds gives half of one back, never above the full number. So an object of many parts goes on
// for as long as fewer than one try in three fails, and one that fails everywhere ends after the retries of a single
// request, not of ten thousand.
//
// It may be used from many goroutines at once.
type Budget struct {
	full int64
	left atomic.Int64 // halves of retries, as full is
}

// halves is how many successes pay for one retry.
const halves = 2

// NewBudget returns a full budget. As in [Options], 0 retries mean DefaultRetries, less than 0 none.
func NewBudget(retries int) *Budget {
	if retries == 0 {
		retries = DefaultRetries
	}
	return newBudget(retries)
}

// newBudget takes the number as it is.
func newBudget(retries int) *Budget {
	b := &Budget{full: halves * int64(max(retries, 0))}
	b.left.Store(b.full)
	return b
}

// take takes one retry, and reports whether there was one.
func (b *Budget) take() bool {
	for {
		left := b.left.Load()
		if left < halves {
			return false
		}
		if b.left.CompareAndSwap(left, left-halves) {
			return true
		}
	}
}

// refill gives back what a success is worth.
func (b *Budget) refill() {
	for {
		left := b.left.Load()
		if left >= b.full || b.left.CompareAndSwap(left, left+1) {
			return
		}
	}
}

type budgetKey struct{}

// WithBudget returns a context under which all requests of a [Stack] spend b. Without one, each has Options.Retries
// of its own.
func WithBudget(ctx context.Context, b *Budget) context.Context {
	return context.WithValue(ctx, budgetKey{}, b)
}

// sharedBudget returns the budget that ctx carries, or nil.
func sharedBudget(ctx context.Context) *Budget {
	b, _ := ctx.Value(budgetKey{}).(*Budget)
	return b
}
