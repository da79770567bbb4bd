package bench

import (
	"math"
	"math/bits"
	"sync/atomic"
	"time"
)

// A Sketch has fine buckets for each power of two, so that a quantile is off by at most 1/64 of itself. With 63
// powers it takes 15 KiB, however much it is given.
const (
	fineBits = 5
	fine     = 1 << fineBits
	buckets  = (63-fineBits)*fine + fine
)

// Sketch is a histogram of durations. The zero value is empty and ready. It may be used from many goroutines at once;
// what is asked while others add may lack their last.
type Sketch struct {
	counts          [buckets]atomic.Int64
	count, sum, max atomic.Int64
}

// Add counts a duration. One below zero counts as zero.
func (s *Sketch) Add(d time.Duration) {
	v := max(0, int64(d))
	s.counts[bucketOf(v)].Add(1)
	s.count.Add(1)
	s.sum.Add(v)
	for old := s.max.Load(); v > old && !s.max.CompareAndSwap(old, v); old = s.max.Load() {
	}
}

// Count returns how many durations were added.
func (s *Sketch) Count() int64 { return s.count.Load() }

// Sum returns the sum of what was added.
func (s *Sketch) Sum() time.Duration { return time.Duration(s.sum.Load()) }

// Max returns the longest duration, exactly.
func (s *Sketch) Max() time.Duration { return time.Duration(s.max.Load()) }

// Quantile returns the duration that the share q of all, from 0 to 1, do not exceed; 0 if there are none.
func (s *Sketch) Quantile(q float64) time.Duration {
	rank := int64(math.Ceil(min(max(q, 0), 1) * float64(s.Count())))
	var seen int64
	for i := range s.counts {
		if seen += s.counts[i].Load(); seen >= max(rank, 1) {
			return min(middleOf(i), s.Max())
		}
	}
	return s.Max()
}

// bucketOf returns where v is counted: below 2*fine by itself, above by its power of two and its next fineBits bits.
func bucketOf(v int64) int {
	power := max(0, bits.Len64(uint64(v))-fineBits-1)
	return power<<fineBits + int(v>>power)
}

// middleOf is the middle of the values that a bucket counts.
func middleOf(bucket int) time.Duration {
	if bucket < 2*fine {
		return time.Duration(bucket)
	}
	power := bucket>>fineBits - 1
	least := int64(bucket-power<<fineBits) << power
	return time.Duration(least + int64(1)<<power/2)
}
