package reader

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// slots are the turns of chunks to be out: so many at once, a number that may move. Who waits for one is served in the
// order in which he came.
//
// A channel of the largest capacity holds one element for each chunk that is out, and one for each that may not be.
// When fewer may be out than are, the difference is a debt: who gives a slot back then leaves its element there.
type slots struct {
	taken chan struct{}
	debt  atomic.Int64

	mu    sync.Mutex
	limit int
}

func newSlots(limit, most int) *slots {
	s := &slots{taken: make(chan struct{}, most), limit: most}
	s.set(limit)
	return s
}

// now is how many may be out now.
func (s *slots) now() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limit
}

// acquire waits for a slot.
func (s *slots) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case s.taken <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for a buffer: %w", ctx.Err())
	}
}

// release gives a slot back. It reports whether that pays for a debt, so that a buffer less is needed.
func (s *slots) release() (paid bool) {
	if s.pay() {
		return true
	}
	<-s.taken
	return false
}

// pay takes one off the debt if there is any.
func (s *slots) pay() bool {
	for {
		debt := s.debt.Load()
		if debt == 0 {
			return false
		}
		if s.debt.CompareAndSwap(debt, debt-1) {
			return true
		}
	}
}

// set moves the limit, to between 1 and the capacity, and returns how many slots it took that were idle. It does not
// wait.
func (s *slots) set(limit int) (idle int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	limit = max(1, min(limit, cap(s.taken)))
	for ; s.limit < limit; s.limit++ {
		if !s.pay() {
			<-s.taken
		}
	}
	for ; s.limit > limit; s.limit-- {
		select {
		case s.taken <- struct{}{}:
			idle++
		default:
			s.debt.Add(1)
		}
	}
	return idle
}
