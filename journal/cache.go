package journal

import (
	"errors"
	"fmt"
	"io"

	"github.com/zeebo/xxh3"
)

const (
	blockSize = 64 << 10

	// cacheBlocks makes a cache of 4 MiB. Rows are settled nearly in their order, off by what is in flight at
	// once; rows that failed before lie in one more place per run.
	cacheBlocks = 64
)

// readWriterAt is what a cache lies upon. A journal's file is only read.
type readWriterAt interface {
	io.ReaderAt
	io.WriterAt
}

// cache holds the blocks of a file that were used last, for reading and for writing in small pieces that move
// slowly through the file. What lies behind the end of the file reads as zeros.
type cache struct {
	f      readWriterAt
	sums   map[int64]uint64 // checksums of the blocks that were written, by number
	blocks map[int64]*block
	recent *block
	clock  int64
}

type block struct {
	number int64
	used   int64 // the cache's clock then
	dirty  bool
	data   [blockSize]byte
}

func newCache(f readWriterAt) *cache {
	return &cache{f: f, sums: make(map[int64]uint64), blocks: make(map[int64]*block, cacheBlocks)}
}

// span returns the bytes from off to the end of their block, for reading; or for changing, if dirty.
func (c *cache) span(off int64, dirty bool) ([]byte, error) {
	number := off / blockSize
	b := c.recent
	if b == nil || b.number != number {
		var err error
		if b, err = c.block(number); err != nil {
			return nil, err
		}
		c.recent = b
	}
	c.clock++
	b.used, b.dirty = c.clock, b.dirty || dirty
	return b.data[off%blockSize:], nil
}

func (c *cache) block(number int64) (*block, error) {
	if b := c.blocks[number]; b != nil {
		return b, nil
	}
	b, err := c.free()
	if err != nil {
		return nil, err
	}
	n, err := c.f.ReadAt(b.data[:], number*blockSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	clear(b.data[n:])
	if sum, written := c.sums[number]; written && sum != xxh3.Hash(b.data[:]) {
		return nil, fmt.Errorf("block %d is not as it was written", number)
	}
	b.number = number
	c.blocks[number] = b
	return b, nil
}

// free returns a block that is in no use: a new one, or the one whose last use lies furthest back.
func (c *cache) free() (*block, error) {
	if len(c.blocks) < cacheBlocks {
		return &block{}, nil
	}
	var oldest *block
	for _, b := range c.blocks {
		if oldest == nil || b.used < oldest.used {
			oldest = b
		}
	}
	if oldest.dirty {
		if err := c.write(oldest); err != nil {
			return nil, err
		}
	}
	delete(c.blocks, oldest.number)
	if c.recent == oldest {
		c.recent = nil
	}
	return oldest, nil
}

// write writes a block, and remembers its checksum: what a disk lost would read as rows without an outcome.
func (c *cache) write(b *block) error {
	_, err := c.f.WriteAt(b.data[:], b.number*blockSize)
	if err == nil {
		b.dirty, c.sums[b.number] = false, xxh3.Hash(b.data[:])
	}
	return err
}

// read fills p from off on.
func (c *cache) read(p []byte, off int64) error {
	for len(p) > 0 {
		b, err := c.span(off, false)
		if err != nil {
			return err
		}
		n := copy(p, b)
		p, off = p[n:], off+int64(n)
	}
	return nil
}
