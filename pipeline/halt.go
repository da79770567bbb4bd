package pipeline

import "sync"

// halt says once, and for good, that no new work is to be taken, and why.
type halt struct {
	once  sync.Once
	done  chan struct{}
	cause error
}

func newHalt() *halt { return &halt{done: make(chan struct{})} }

// stop halts with cause. Only the first call counts.
func (h *halt) stop(cause error) {
	h.once.Do(func() {
		h.cause = cause
		close(h.done)
	})
}

func (h *halt) stopped() bool {
	select {
	case <-h.done:
		return true
	default:
		return false
	}
}

// err returns the cause, or nil while there is none.
func (h *halt) err() error {
	if !h.stopped() {
		return nil
	}
	return h.cause
}
