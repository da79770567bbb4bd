package storage

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/ingest-dev/ingest/devstore/internal/checksum"
)

// bufferSize is how much is read, hashed and written at once: more than the inline limit, and small enough to stay
// in the second-level cache from the one to the other.
const bufferSize = 256 << 10

var buffers = sync.Pool{New: func() any { return new([bufferSize]byte) }}

// StageOptions says how content is taken in.
type StageOptions struct {
	Limit      int64                // most bytes; more are ErrTooLarge
	Algorithms []checksum.Algorithm // checksums to take besides MD5 and CRC-64/ECMA
	Part       bool                 // it is a part, and gets a file even if it is small: completing must not copy
	Damage     bool                 // a bit changes between the checksums and the disk, as in a bad machine: for rehearsals
}

// Staged is content that is on the disk, or in memory if it is small, and belongs to nothing yet. It is published
// by Put or PutPart. Discard it in any case: that does nothing if it was published.
type Staged struct {
	Size int64
	Taken

	b      *Bucket
	inline []byte
	blob   string // the content file, "" if the content is inline
}

// Stage takes in content, in one pass and with one buffer. A fault of r is a *ReadError.
func (b *Bucket) Stage(r io.Reader, o StageOptions) (*Staged, error) {
	buffer := buffers.Get().(*[bufferSize]byte)
	defer buffers.Put(buffer)
	in := &intake{s: &Staged{b: b}, r: r, limit: o.Limit, sums: newDigester(o.Algorithms), part: o.Part}
	if o.Damage {
		in.real = newDigester(o.Algorithms)
	}
	if err := in.take(buffer[:]); err != nil {
		in.abandon()
		return nil, err
	}
	in.s.Taken = in.taken()
	return in.s, nil
}

// Discard removes the content, unless it was published.
func (s *Staged) Discard() {
	if s != nil && s.blob != "" {
		s.b.removeBlobs([]string{s.blob})
	}
	s.kept()
}

// kept gives up the content: a record names it now.
func (s *Staged) kept() {
	if s != nil {
		s.blob, s.inline = "", nil
	}
}

// intake is the state of one Stage.
type intake struct {
	s     *Staged
	r     io.Reader
	limit int64
	sums  *digester
	real  *digester // of what reaches the disk; nil if nothing is to be damaged
	part  bool
	file  *os.File
}

func (in *intake) take(buffer []byte) error {
	for end := false; !end; {
		n, err := fill(in.r, buffer)
		if end = errors.Is(err, io.EOF); err != nil && !end {
			return &ReadError{Err: err}
		}
		if err := in.add(buffer[:n], end); err != nil {
			return err
		}
	}
	return in.finish()
}

// fill reads until p is full. It is not io.ReadFull because that says io.ErrUnexpectedEOF for an end within p, which
// is what an HTTP body says when its sender went away: that is no end.
func fill(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = r.Read(p[n:])
		n += m
	}
	return n, err
}

func (in *intake) add(p []byte, end bool) error {
	in.s.Size += int64(len(p))
	if in.s.Size > in.limit {
		return ErrTooLarge
	}
	in.sums.write(p)
	if in.real != nil {
		in.damage(p)
	}
	if in.file == nil && end && !in.part && len(p) <= inlineLimit {
		in.s.inline = append([]byte{}, p...)
		return nil
	}
	return in.write(p)
}

// damage changes one bit of the content: the first that there is.
func (in *intake) damage(p []byte) {
	if first := in.s.Size == int64(len(p)); first && len(p) > 0 {
		p[0] ^= 1
	}
	in.real.write(p)
}

func (in *intake) taken() Taken {
	t := Taken{Digests: in.sums.digests()}
	if in.real != nil {
		real := in.real.digests()
		t.Real = &real
	}
	return t
}

func (in *intake) write(p []byte) error {
	if in.file == nil {
		if err := in.open(); err != nil {
			return err
		}
	}
	_, err := in.file.Write(p)
	return err
}

func (in *intake) open() error {
	id := newID()
	path := in.s.b.blobPath(id)
	if err := in.s.b.disk.makeDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("make content file: %w", err)
	}
	f, err := in.s.b.disk.create(path)
	if err != nil {
		return fmt.Errorf("make content file: %w", err)
	}
	in.file, in.s.blob = f, id
	return nil
}

// finish makes the content durable, so that a record may name it.
func (in *intake) finish() error {
	if in.file == nil {
		return nil
	}
	f := in.file
	in.file = nil
	if err := in.s.b.disk.finish(f); err != nil {
		return fmt.Errorf("write content: %w", err)
	}
	return in.s.b.disk.syncDir(filepath.Dir(f.Name()))
}

func (in *intake) abandon() {
	if in.file != nil {
		_ = in.file.Close()
	}
	in.s.Discard()
}
