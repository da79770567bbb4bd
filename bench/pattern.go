package bench

import (
	"crypto/rand"
	"encoding/binary"
	"sync/atomic"
)

// blockSize is how much random data there is. It stays in a processor's cache, so that to fill a part from it costs
// what a read from the page cache costs: one pass over memory that was not touched before.
const blockSize = 256 << 10

// pattern makes bytes that cannot be compressed and never come again: a random block, to each word of which a number
// is added that no block had before.
type pattern struct {
	block [blockSize]byte
	made  atomic.Uint64 // blocks
}

func newPattern() *pattern {
	p := new(pattern)
	_, _ = rand.Read(p.block[:]) // never fails
	return p
}

// fill overwrites b. It may be called from many goroutines at once.
func (p *pattern) fill(b []byte) {
	for len(b) > 0 {
		n := min(len(b), blockSize)
		p.add(b[:n], scatter(p.made.Add(1)))
		b = b[n:]
	}
}

// add goes by cache lines, of which the compiler checks the bounds once.
func (p *pattern) add(b []byte, salt uint64) {
	const line = 64
	i := 0
	for ; i+line <= len(b); i += line {
		from, to := (*[line]byte)(p.block[i:]), (*[line]byte)(b[i:])
		for j := 0; j < line; j += 8 {
			binary.LittleEndian.PutUint64(to[j:], binary.LittleEndian.Uint64(from[j:])+salt)
		}
	}
	for ; i < len(b); i++ {
		b[i] = p.block[i] + byte(salt>>(8*(i%8)))
	}
}

// scatter is a bijection that sends neighbours far apart: the finalizer of SplitMix64 (Steele, Lea, Flood, 2014).
func scatter(n uint64) uint64 {
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}
