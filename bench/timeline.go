package bench

import (
	"math"
	"sync"
	"time"
)

// Amount is how much was sent.
type Amount struct {
	Bytes    float64
	Objects  float64 // a part counts as its share of its object
	Requests float64 // puts and parts
}

func (a *Amount) add(b Amount, share float64) {
	a.Bytes += b.Bytes * share
	a.Objects += b.Objects * share
	a.Requests += b.Requests * share
}

// timeline is how much was sent in each slice of the time since a start. What took its time is spread over it. It may
// be added to from many goroutines at once.
type timeline struct {
	slice time.Duration
	most  int // slices that are kept

	mu     sync.Mutex
	slices []Amount
}

// add spreads an amount evenly over the time from one moment to another, both since the start.
func (t *timeline) add(from, to time.Duration, a Amount) {
	to = max(to, from+1)
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := int(from / t.slice); i < t.most; i++ {
		begin := max(from, time.Duration(i)*t.slice)
		end := min(to, time.Duration(i+1)*t.slice)
		if begin >= end {
			return
		}
		t.grow(i + 1)
		t.slices[i].add(a, float64(end-begin)/float64(to-from))
	}
}

// between returns the slices of a time: whole ones only.
func (t *timeline) between(from, to time.Duration) []Amount {
	first := int(math.Ceil(float64(from) / float64(t.slice)))
	end := min(int(to/t.slice), t.most)
	if first >= end {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.grow(end)
	return append([]Amount(nil), t.slices[first:end]...)
}

func (t *timeline) grow(n int) {
	for len(t.slices) < n {
		t.slices = append(t.slices, Amount{})
	}
}
