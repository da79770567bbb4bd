package reader

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/minio/crc64nvme"
	"github.com/zeebo/xxh3"
)

// One part after the other, read and hashed. The law: nothing is allocated for a part's bytes.
func BenchmarkRead(b *testing.B) {
	path := write(b, pattern(64<<20))
	for _, n := range []int{16 << 10, 1 << 20, 16 << 20} {
		for _, m := range []Mode{Pread, Mmap} {
			b.Run(fmt.Sprintf("%dKiB/%v", n>>10, m), func(b *testing.B) {
				r := New(Options{Mode: m})
				defer r.Close()
				s := open(b, r, path)
				b.SetBytes(int64(n))
				b.ReportAllocs()
				off := int64(0)
				for b.Loop() {
					consume(b, s, off, n)
					off = (off + int64(n)) % s.Size()
				}
			})
		}
	}
}

// What a small file costs from end to end. The law: its system calls and a copy, and
// no allocation but the source.
func BenchmarkSmallFile(b *testing.B) {
	path := write(b, pattern(16<<10))
	r := New(Options{})
	defer r.Close()
	b.ReportAllocs()
	for b.Loop() {
		s, err := r.Open(path)
		must(b, err)
		consume(b, s, 0, int(s.Size()))
		must(b, s.Close())
	}
}

// Sixteen parts at a time, as in a run: where mmap begins to be the cheaper is mapFrom. Compare CPU time, not wall
// time.
func BenchmarkAutoThreshold(b *testing.B) {
	path := write(b, pattern(256<<20))
	for n := 256 << 10; n <= 16<<20; n *= 2 {
		for _, m := range []Mode{Pread, Mmap} {
			b.Run(fmt.Sprintf("%dKiB/%v", n>>10, m), func(b *testing.B) {
				r := New(Options{Mode: m})
				defer r.Close()
				s := open(b, r, path)
				readInParallel(b, s, n) // so that the buffers have their pages
				b.SetBytes(s.Size())
				began := cpuSeconds()
				for b.Loop() {
					readInParallel(b, s, n)
				}
				b.ReportMetric((cpuSeconds()-began)*1e3*float64(1<<30)/float64(s.Size())/float64(b.N), "cpu-ms/GiB")
			})
		}
	}
}

func readInParallel(b *testing.B, s *Source, n int) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for off := next.Add(int64(n)) - int64(n); off < s.Size(); off = next.Add(int64(n)) - int64(n) {
				consume(b, s, off, n)
			}
		})
	}
	wg.Wait()
}

// consume reads a part and hashes it block by block.
func consume(b *testing.B, s *Source, off int64, n int) {
	c, err := s.Read(context.Background(), off, n)
	if err != nil {
		b.Error(err)
		return
	}
	defer c.Release()
	must(b, Guard(func() error {
		var crc uint64
		for p := c.Bytes(); len(p) > 0; p = p[min(len(p), 256<<10):] {
			block := p[:min(len(p), 256<<10)]
			xxh3.Hash(block)
			crc = crc64nvme.Update(crc, block)
		}
		return nil
	}))
}
