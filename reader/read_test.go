package reader

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestEveryRangeIsWhole(t *testing.T) {
	data := pattern(300_000)
	inBothModes(t, func(t *testing.T, r *Reader) {
		s := open(t, r, write(t, data))
		rapid.Check(t, func(rt *rapid.T) {
			off := rapid.IntRange(0, len(data)).Draw(rt, "offset")
			n := rapid.IntRange(0, len(data)-off).Draw(rt, "length")
			c, err := s.Read(t.Context(), int64(off), n)
			if err != nil {
				rt.Fatal(err)
			}
			defer c.Release()
			if b := c.Bytes(); !bytes.Equal(b, data[off:off+n]) || cap(b) != n {
				rt.Fatalf("%d bytes (capacity %d) at %d are not those of the file", n, cap(b), off)
			}
		})
	})
}

func TestNothingIsReadOfNothing(t *testing.T) {
	inBothModes(t, func(t *testing.T, r *Reader) {
		for _, size := range []int{0, 5000} {
			s := open(t, r, write(t, pattern(size)))
			c, err := s.Read(t.Context(), int64(size), 0)
			must(t, err)
			if len(c.Bytes()) != 0 {
				t.Errorf("%d bytes", len(c.Bytes()))
			}
			c.Release()
			must(t, s.Unchanged())
		}
	})
}

func TestRangesOutsideTheFile(t *testing.T) {
	inBothModes(t, func(t *testing.T, r *Reader) {
		s := open(t, r, write(t, pattern(100)))
		for _, c := range []struct {
			off int64
			n   int
		}{{100, 1}, {0, 101}, {99, 2}, {1000, 1}, {1000, 0}, {math.MaxInt64, 1}, {1, math.MaxInt}} {
			if _, err := s.Read(t.Context(), c.off, c.n); !errors.Is(err, ErrChanged) {
				t.Errorf("%d bytes at %d: %v", c.n, c.off, err)
			}
		}
		for _, c := range []struct {
			off int64
			n   int
		}{{-1, 1}, {0, -1}} {
			if _, err := s.Read(t.Context(), c.off, c.n); err == nil || errors.Is(err, ErrChanged) {
				t.Errorf("%d bytes at %d: %v", c.n, c.off, err)
			}
		}
	})
}

func TestTruncatedBeforeTheRead(t *testing.T) {
	inBothModes(t, func(t *testing.T, r *Reader) {
		path := write(t, pattern(1<<20))
		s := open(t, r, path)
		for _, size := range []int64{1<<20 - 1, 10_000, 0} {
			must(t, os.Truncate(path, size))
			for _, off := range []int64{0, 5000, 500_000} {
				c, err := s.Read(t.Context(), off, 1<<20-int(off))
				if !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), path) {
					t.Errorf("at %d: %v", off, err)
				}
				if err == nil {
					c.Release()
				}
			}
		}
	})
}

func TestGrownFileIsReadAsItWas(t *testing.T) {
	inBothModes(t, func(t *testing.T, r *Reader) {
		data := pattern(5000)
		path := write(t, data)
		s := open(t, r, path)
		must(t, os.WriteFile(path, append(data, "more"...), 0o600))
		c, err := s.Read(t.Context(), 0, 5000)
		must(t, err)
		defer c.Release()
		if !bytes.Equal(c.Bytes(), data) {
			t.Error("other bytes")
		}
		if err := s.Unchanged(); !errors.Is(err, ErrChanged) {
			t.Error(err)
		}
	})
}

// A terabyte of nothing: memory is that of the chunks that are out.
func TestSparseTerabyte(t *testing.T) {
	inBothModes(t, func(t *testing.T, r *Reader) {
		path := write(t, nil)
		if err := os.Truncate(path, 1<<40); err != nil {
			t.Skip(err)
		}
		s := open(t, r, path)
		zeros := make([]byte, 1<<20)
		for off := int64(0); off < 1<<40; off += 1 << 35 {
			c, err := s.Read(t.Context(), off+12345, len(zeros))
			must(t, err)
			if !bytes.Equal(c.Bytes(), zeros) {
				t.Errorf("at %d there is something", off)
			}
			c.Release()
		}
		if held := len(r.buffers.free); held > 1 {
			t.Errorf("%d buffers for one chunk at a time", held)
		}
	})
}

func TestReadWaitsForABuffer(t *testing.T) {
	inBothModes(t, func(t *testing.T, r *Reader) {
		s := open(t, r, write(t, pattern(100)))
		var out []*Chunk
		for range cap(r.slots.taken) {
			c, err := s.Read(t.Context(), 0, 100)
			must(t, err)
			out = append(out, c)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if _, err := s.Read(ctx, 0, 100); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("one chunk too many: %v", err)
		}
		// Released twice, one chunk makes room for one other, not for two.
		out[0].Release()
		out[0].Release()
		c, err := s.Read(t.Context(), 0, 100)
		must(t, err)
		if _, err := s.Read(ctx, 0, 100); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("one chunk too many after Release: %v", err)
		}
		for _, c := range append(out, c) {
			c.Release()
		}
	})
}

func TestWaitingReadGoesOnAfterRelease(t *testing.T) {
	inBothModes(t, func(t *testing.T, r *Reader) {
		s := open(t, r, write(t, pattern(100)))
		a, err := s.Read(t.Context(), 0, 1)
		must(t, err)
		b, err := s.Read(t.Context(), 1, 1)
		must(t, err)
		timer := time.AfterFunc(20*time.Millisecond, a.Release)
		defer timer.Stop()
		c, err := s.Read(t.Context(), 2, 1)
		must(t, err)
		b.Release()
		c.Release()
	})
}

func TestNothingIsReadForNobody(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	inBothModes(t, func(t *testing.T, r *Reader) {
		s := open(t, r, write(t, pattern(100)))
		if _, err := s.Read(ctx, 0, 100); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestBytesAreGoneAfterRelease(t *testing.T) {
	inBothModes(t, func(t *testing.T, r *Reader) {
		c, err := open(t, r, write(t, pattern(100))).Read(t.Context(), 0, 100)
		must(t, err)
		c.Release()
		if c.Bytes() != nil {
			t.Error("memory that is somebody else's can still be reached")
		}
	})
}

// The rule of the package comment.
func TestAutoMapsLargePartsOfLocalFiles(t *testing.T) {
	if !canMap {
		t.Skip("nothing is mapped here")
	}
	path := write(t, pattern(mapFrom))
	for _, c := range []struct {
		mode   Mode
		local  bool
		n      int
		mapped bool
	}{
		{Auto, true, mapFrom, true},
		{Auto, true, mapFrom - 1, false},
		{Auto, false, mapFrom, false},
		{Mmap, false, 1, true},
		{Mmap, true, 0, false},
		{Pread, true, mapFrom, false},
	} {
		r := New(Options{Mode: c.mode})
		s := open(t, r, path)
		r.local[s.id.Device] = c.local
		chunk, err := s.Read(t.Context(), 0, c.n)
		must(t, err)
		if chunk.Mapped() != c.mapped {
			t.Errorf("%+v: mapped %v", c, chunk.Mapped())
		}
		chunk.Release()
	}
}
