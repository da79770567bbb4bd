package reader

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// smallest is the size of the smallest buffer. Its pages cost nothing before they are touched.
const smallest = 64 << 10

// buffers is a free list of memory outside the heap. The collector neither counts it nor takes it away, as it would
// from a sync.Pool: a buffer that has been read into once has its pages, and costs no fault the next time. The last
// one put back is the first one given out, as the processor's cache may still hold some of it.
//
// There are never more buffers than chunks were out at once: one that is too small is dropped for the larger one
// that takes its place.
type buffers struct {
	mu     sync.Mutex
	free   [][]byte
	closed bool
	idle   atomic.Int64 // bytes of those that are free
}

// get returns a buffer of at least n bytes, whatever they are.
func (b *buffers) get(from system, n int) ([]byte, error) {
	if m := b.take(n); len(m) >= n {
		return m, nil
	} else if m != nil {
		freeMemory(m)
	}
	return from.newMemory(class(n))
}

// take removes the latest buffer of at least n bytes from the list, or if there is none the latest, or nil.
func (b *buffers) take(n int) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := len(b.free) - 1
	for j := i; j >= 0; j-- {
		if len(b.free[j]) >= n {
			i = j
			break
		}
	}
	if i < 0 {
		return nil
	}
	return b.remove(i)
}

func (b *buffers) put(m []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		freeMemory(m)
		return
	}
	b.free = append(b.free, m)
	b.idle.Add(int64(len(m)))
}

// shed gives one buffer back to the system, the one that was idle for longest.
func (b *buffers) shed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.free) > 0 {
		freeMemory(b.remove(0))
	}
}

// trim gives buffers back to the system until those that are left have no more than so many bytes, the one that was
// idle for longest first.
func (b *buffers) trim(most int64) {
	for b.idle.Load() > max(0, most) {
		b.shed()
	}
}

// remove takes buffer i off the list. The mutex is held.
func (b *buffers) remove(i int) []byte {
	m := b.free[i]
	b.free = append(b.free[:i], b.free[i+1:]...)
	b.idle.Add(-int64(len(m)))
	return m
}

func (b *buffers) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for _, m := range b.free {
		freeMemory(m)
	}
	b.free = nil
	b.idle.Store(0)
}

// class returns the size of the buffers that n bytes are read into: a power of two, so that parts of similar sizes
// share them.
func class(n int) int {
	if n <= smallest {
		return smallest
	}
	return 1 << bits.Len(uint(n-1))
}
