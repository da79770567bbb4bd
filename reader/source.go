package reader

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
)

// Source is an open file. It may be used by many goroutines at once, also for reading.
type Source struct {
	reader  *Reader
	path    string
	id      Identity
	advised atomic.Bool // the system was told that the file will be read from front to back

	// The descriptor's number may belong to another file as soon as it is closed. So it is closed by whoever uses
	// it last.
	mu     sync.Mutex
	file   opened
	users  int
	closed bool
}

// Identity returns what the system said of the file when it was opened.
func (s *Source) Identity() Identity { return s.id }

// Size returns the size of the file when it was opened, in bytes.
func (s *Source) Size() int64 { return s.id.Size }

// Unchanged asks the system again, of the open file and of the path, and returns nil if both are still what was
// opened. Otherwise it fails with [ErrChanged] and says what is different: vanished, replaced, size, mtime, ctime.
// If the system does not answer, it fails with the system's error.
func (s *Source) Unchanged() error {
	f, err := s.hold()
	if err != nil {
		return err
	}
	defer s.letGo()

	there, err := s.reader.system.identityOf(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s.changed("it vanished")
	case err != nil:
		return fmt.Errorf("look at %q again: %w", s.path, err)
	case !there.sameFile(s.id):
		return s.changed("another file took its place")
	}
	here, err := f.identity()
	if err != nil {
		return fmt.Errorf("look at %q again: %w", s.path, err)
	}
	if here == s.id {
		here = there // a network file system may answer the two differently
	}
	if here != s.id {
		return s.changed(s.id.difference(here))
	}
	return nil
}

func (s *Source) changed(how string) error { return fmt.Errorf("%q: %w: %s", s.path, ErrChanged, how) }

// Close closes the file. It does not wait: reads that have begun go on to their end, later ones fail with
// [os.ErrClosed]. Chunks stay valid until they are released. Closed again, it does nothing.
func (s *Source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return s.closeUnused()
}

// hold keeps the descriptor open until letGo.
func (s *Source) hold() (*opened, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, fmt.Errorf("%q: %w", s.path, os.ErrClosed)
	}
	s.users++
	return &s.file, nil
}

func (s *Source) letGo() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users--
	// The file was only read: there is nothing that closing it could fail to keep.
	_ = s.closeUnused()
}

// closeUnused closes the descriptor if it was to be closed and nobody uses it. The caller holds mu.
func (s *Source) closeUnused() error {
	if !s.closed || s.users > 0 {
		return nil
	}
	return s.file.close()
}
