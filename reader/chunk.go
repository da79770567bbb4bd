package reader

import (
	"context"
	"io"
	"sync/atomic"
)

// Chunk is a range of a file in memory. It is for one goroutine at a time.
type Chunk struct {
	reader   *Reader
	bytes    []byte
	buffer   []byte // to be given back; nil if mapped or empty
	window   []byte // to be unmapped; nil if read
	released atomic.Bool
}

// Bytes returns the range. They are valid until Release, and are not to be written to. If the chunk is mapped, they
// may be touched under [Guard] only.
func (c *Chunk) Bytes() []byte { return c.bytes }

// Mapped reports whether Bytes is the file itself rather than a copy.
func (c *Chunk) Mapped() bool { return c.window != nil }

// Release gives the memory back, and lets the next Read have it. Released again, it does nothing.
func (c *Chunk) Release() {
	if c.released.Swap(true) {
		return
	}
	c.reader.budget.give(c.memory())
	if c.window != nil {
		unmap(c.window)
	}
	if c.buffer != nil {
		c.reader.buffers.put(c.buffer)
	}
	c.bytes, c.buffer, c.window = nil, nil, nil
	if c.reader.slots.release() {
		c.reader.buffers.shed()
	}
}

// memory is how many bytes of memory the chunk has, as far as the reader gave them.
func (c *Chunk) memory() int64 { return int64(len(c.window) + len(c.buffer)) }

// mapWindow maps the pages that hold n bytes at off. If it fails, c is as before.
func (c *Chunk) mapWindow(ctx context.Context, f *opened, off int64, n int) error {
	before := int(off % pageSize)
	window, err := f.system.mapFile(f.file, off-int64(before), before+n)
	if err != nil {
		return err
	}
	if err := ready(ctx, f, window, off-int64(before)); err != nil {
		unmap(window)
		return err
	}
	c.window, c.bytes = window, window[before:before+n:before+n]
	return nil
}

// ready brings the window on f at off into memory, and fails if the file does not reach to its end any more. The
// size has to be asked for: a file that was cut short within a page has zeros there, and no page is missing.
func ready(ctx context.Context, f *opened, window []byte, off int64) error {
	if err := populate(ctx, f.file, window, off); err != nil {
		return err
	}
	now, err := f.identity()
	if err == nil && now.Size < off+int64(len(window)) {
		err = io.ErrUnexpectedEOF
	}
	return err
}
