package reader

import (
	"context"
	"testing"
)

// A run of large and of small files maps some of its parts and reads the others. Without a bound it would have a
// buffer idle for each mapping.
func TestIdleBuffersMakeRoomForMappings(t *testing.T) {
	if !canMap {
		t.Skip("nothing is mapped here")
	}
	const size, most = 1 << 20, 20
	r := New(Options{Mode: Mmap, Buffers: most})
	defer r.Close()
	s := open(t, r, write(t, pattern(size)))
	copies := chunks(t, s.Copy, size, most)
	release(copies)
	if idle := r.buffers.idle.Load(); idle != most*size {
		t.Fatalf("%d bytes idle: nothing is tested", idle)
	}
	mappings := chunks(t, s.Read, size, most)
	if idle := r.buffers.idle.Load(); idle != spare {
		t.Errorf("%d bytes are idle beside as many mapped as may be out", idle)
	}
	release(mappings)
	if out := r.budget.out.Load(); out != 0 {
		t.Errorf("%d bytes are out, of no chunk", out)
	}
}

// chunks takes the same n bytes so many times.
func chunks(t *testing.T, read func(ctx context.Context, off int64, n int) (*Chunk, error), n, times int) (out []*Chunk) {
	t.Helper()
	for range times {
		c, err := read(t.Context(), 0, n)
		must(t, err)
		out = append(out, c)
	}
	return out
}

func release(chunks []*Chunk) {
	for _, c := range chunks {
		c.Release()
	}
}
