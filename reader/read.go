package reader

import (
	"context"
	"fmt"
)

// mapFrom is the size of a part from which Auto maps. It is measured by BenchmarkAutoThreshold.
const mapFrom = 2 << 20

// Read returns n bytes of the file, beginning at off. It waits until another chunk may be out, or
// for the end of ctx; the chunk must be released. It fails with [ErrChanged] if the file ends before off+n: n and off
// are meant to come from [Source.Size]. Other errors are the system's, with the offset at which they occurred; see
// [Temporary].
//
// An empty file is asked for one byte. If it yields one and still has the size 0, Read fails with [ErrNotRegular].
func (s *Source) Read(ctx context.Context, off int64, n int) (*Chunk, error) {
	return s.chunk(ctx, off, n, s.reader.mode)
}

// Copy is Read, but the bytes are a copy in every mode: what becomes of the file cannot change them any more.
func (s *Source) Copy(ctx context.Context, off int64, n int) (*Chunk, error) {
	return s.chunk(ctx, off, n, Pread)
}

func (s *Source) chunk(ctx context.Context, off int64, n int, mode Mode) (*Chunk, error) {
	if off < 0 || n < 0 {
		return nil, fmt.Errorf("read %q: %d bytes at %d: no such range", s.path, n, off)
	}
	if off > s.id.Size || int64(n) > s.id.Size-off {
		return nil, s.changed(fmt.Sprintf("%d bytes at %d were expected, its size is %d", n, off, s.id.Size))
	}
	if err := s.reader.slots.acquire(ctx); err != nil {
		return nil, fmt.Errorf("read %q: %w", s.path, err)
	}
	c := &Chunk{reader: s.reader}
	err := s.load(ctx, c, off, n, mode)
	s.reader.took(c)
	if err != nil {
		c.Release()
		return nil, err
	}
	return c, nil
}

// load puts the bytes into c, by the way that mode has for them.
func (s *Source) load(ctx context.Context, c *Chunk, off int64, n int, mode Mode) error {
	f, err := s.hold()
	if err != nil {
		return err
	}
	defer s.letGo()
	if s.id.Size == 0 {
		return s.provenEmpty(ctx, f)
	}
	if int64(n) < s.id.Size && !s.advised.Swap(true) {
		f.sequential()
	}
	if s.maps(f.file, n, mode) && c.mapWindow(ctx, f, off, n) == nil {
		return nil
	}
	return s.fill(ctx, c, f, off, n)
}

// provenEmpty returns nil if a file of size 0 has no bytes. The system makes up some files as they are read, such as
// those in /proc and /sys, and states no size for them.
func (s *Source) provenEmpty(ctx context.Context, f *opened) error {
	got, err := readFull(ctx, f, make([]byte, 1), 0)
	if err != nil {
		return fmt.Errorf("read %q at 0: %w", s.path, err)
	}
	if got == 0 {
		return nil
	}
	if now, err := f.identity(); err != nil || now.Size > 0 {
		return s.changed("it has bytes, its size was 0")
	}
	return fmt.Errorf("read %q: %w: it has bytes, though the system says that its size is 0", s.path, ErrNotRegular)
}

// maps reports whether n bytes of f are better mapped than read.
func (s *Source) maps(f file, n int, mode Mode) bool {
	switch mode {
	case Mmap:
		return n > 0
	case Auto:
		return n >= mapFrom && s.reader.isLocal(s.id.Device, f)
	}
	return false
}

// fill reads n bytes into a buffer of c's own.
func (s *Source) fill(ctx context.Context, c *Chunk, f *opened, off int64, n int) error {
	if n == 0 {
		return nil
	}
	var err error
	if c.buffer, err = s.reader.buffers.get(s.reader.system, n); err != nil {
		return fmt.Errorf("read %q: get a buffer of %d bytes: %w", s.path, n, err)
	}
	c.bytes = c.buffer[:n:n]
	got, err := readFull(ctx, f, c.bytes, off)
	if err != nil {
		return fmt.Errorf("read %q at %d: %w", s.path, off+int64(got), err)
	}
	if got < n {
		return s.changed(fmt.Sprintf("it ends at %d, its size was %d", off+int64(got), s.id.Size))
	}
	return nil
}
