package storage

import (
	"errors"
	"io"
	"os"
)

// Reader reads one object as it was when it was opened. Close it. It is for one goroutine at a time.
type Reader struct {
	Object
	b       *Bucket
	e       *entry
	inline  []byte
	extents []extent
}

// Open returns a Reader of an object, or ErrNoSuchKey.
func (b *Bucket) Open(key string) (*Reader, error) {
	lock := b.lockOf(key)
	lock.RLock()
	defer lock.RUnlock()
	e := b.lookup(key)
	if e == nil {
		return nil, ErrNoSuchKey
	}
	r, inline, err := b.load(key, true)
	if err != nil {
		return nil, err
	}
	b.pin(e)
	return &Reader{Object: r.Object, b: b, e: e, inline: inline, extents: r.Extents}, nil
}

// Close lets go of the content. It may be called again.
func (r *Reader) Close() {
	if r.e != nil {
		r.b.unpin(r.e)
		r.e = nil
	}
}

// WriteRange writes n bytes from off on to w. Where w is a network connection and the content a file, the kernel
// copies them.
func (r *Reader) WriteRange(w io.Writer, off, n int64) error {
	if len(r.extents) == 0 {
		_, err := w.Write(r.inline[off : off+n])
		return err
	}
	for _, e := range r.extents {
		if n == 0 {
			break
		}
		if off >= e.Size {
			off -= e.Size
			continue
		}
		take := min(n, e.Size-off)
		if err := r.writeExtent(w, e.ID, off, take); err != nil {
			return err
		}
		off, n = 0, n-take
	}
	return nil
}

func (r *Reader) writeExtent(w io.Writer, id string, off, n int64) error {
	f, err := os.Open(r.b.blobPath(id))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if _, err := f.Seek(off, io.SeekStart); err != nil {
		return err
	}
	_, err = io.CopyN(w, f, n)
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF // the file is shorter than its record says
	}
	return err
}

// Range returns a reader of n bytes from off on. Close it before the Reader.
func (r *Reader) Range(off, n int64) io.ReadCloser {
	return &section{r: r, off: off, left: n}
}

// section reads a range, one open file at a time.
type section struct {
	r         *Reader
	off, left int64
	file      *os.File // open at off, as far as end
	end       int64
}

func (s *section) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	if len(s.r.extents) == 0 {
		n := copy(p, s.r.inline[s.off:s.off+s.left])
		s.off, s.left = s.off+int64(n), s.left-int64(n)
		return n, nil
	}
	if s.file == nil || s.off == s.end {
		if err := s.next(); err != nil {
			return 0, err
		}
	}
	n, err := s.file.Read(p[:min(int64(len(p)), s.left, s.end-s.off)])
	s.off, s.left = s.off+int64(n), s.left-int64(n)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// next opens the content file that holds the byte at s.off.
func (s *section) next() error {
	if err := s.Close(); err != nil {
		return err
	}
	start := int64(0)
	for _, e := range s.r.extents {
		if s.off < start+e.Size {
			return s.open(e, start)
		}
		start += e.Size
	}
	return io.ErrUnexpectedEOF
}

func (s *section) open(e extent, start int64) (err error) {
	if s.file, err = os.Open(s.r.b.blobPath(e.ID)); err != nil {
		return err
	}
	s.end = start + e.Size
	_, err = s.file.Seek(s.off-start, io.SeekStart)
	return err
}

// Close closes the file that is open, if any.
func (s *section) Close() error {
	if s.file == nil {
		return nil
	}
	f := s.file
	s.file = nil
	return f.Close()
}
