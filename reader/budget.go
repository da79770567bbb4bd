package reader

import "sync/atomic"

// spare is what idle buffers may have besides, in bytes. To map and to read in turn would have the same few buffers
// given back and taken anew: a tenth of all CPU time.
const spare = 16 << 20

// budget bounds the memory of all chunks, those that are out and the idle buffers of those to come: as many of the
// largest size as may be out, and [spare]. Without it there would be a buffer of each mapping's size besides, where some parts are
// mapped and others are read.
type budget struct {
	out     atomic.Int64 // bytes of the chunks that are out
	largest atomic.Int64 // bytes of the largest chunk there ever was
}

// take notes that a chunk of n bytes is out, and returns what the others may take besides when so many may be out.
func (b *budget) take(n int64, chunks int) (left int64) {
	largest := b.largest.Load()
	for n > largest && !b.largest.CompareAndSwap(largest, n) {
		largest = b.largest.Load()
	}
	return int64(chunks)*max(n, largest) + spare - b.out.Add(n)
}

// give notes that a chunk of n bytes is out no more.
func (b *budget) give(n int64) { b.out.Add(-n) }
