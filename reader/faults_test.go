package reader

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"
)

// failing is a system of which some calls fail, counted from 1 over all kinds.
type failing struct {
	kernel
	calls int
	fail  func(call int) error
	short int // most bytes that a read yields; 0: as many as there are
}

func (s *failing) next() error {
	s.calls++
	if s.fail == nil {
		return nil
	}
	return s.fail(s.calls)
}

func (s *failing) open(path string) (file, Identity, error) {
	if err := s.next(); err != nil {
		return file{}, Identity{}, err
	}
	return s.kernel.open(path)
}

func (s *failing) identityOf(path string) (Identity, error) {
	if err := s.next(); err != nil {
		return Identity{}, err
	}
	return s.kernel.identityOf(path)
}

func (s *failing) identity(f file) (Identity, error) {
	if err := s.next(); err != nil {
		return Identity{}, err
	}
	return s.kernel.identity(f)
}

func (s *failing) pread(f file, p []byte, off int64) (int, error) {
	if err := s.next(); err != nil {
		return 0, err
	}
	if s.short > 0 {
		p = p[:min(len(p), s.short)]
	}
	return s.kernel.pread(f, p, off)
}

func (s *failing) mapFile(f file, off int64, n int) ([]byte, error) {
	if err := s.next(); err != nil {
		return nil, err
	}
	return s.kernel.mapFile(f, off, n)
}

func (s *failing) newMemory(n int) ([]byte, error) {
	if err := s.next(); err != nil {
		return nil, err
	}
	return s.kernel.newMemory(n)
}

// inFour reads a file in four ranges, and asks whether it has changed.
func inFour(t *testing.T, r *Reader, path string) (data []byte, err error) {
	s, err := r.Open(path)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	for off := int64(0); off < s.Size(); off += s.Size() / 4 {
		c, err := s.Read(t.Context(), off, int(s.Size()/4))
		if err != nil {
			return nil, err
		}
		data = append(data, c.Bytes()...)
		c.Release()
	}
	return data, s.Unchanged()
}

// Whatever call fails, once or from then on: either it is said, or all the bytes are there; and nothing is kept.
func TestNoFailedCallIsTakenForBytes(t *testing.T) {
	want := pattern(4 * smallest)
	path := write(t, want)
	before := descriptors(t)
	for _, errno := range []syscall.Errno{syscall.EIO, syscall.EINTR, syscall.EMFILE, syscall.ENOMEM, syscall.ESTALE} {
		for _, mode := range []Mode{Pread, Mmap} {
			for _, ever := range []bool{false, true} {
				t.Run(fmt.Sprintf("%v/%v/for ever %v", errno, mode, ever), func(t *testing.T) {
					for n := 1; n <= 20; n++ {
						s := &failing{}
						s.fail = func(call int) error {
							if call == n || ever && call > n && errno != syscall.EINTR {
								return errno
							}
							return nil
						}
						r := New(Options{Mode: mode, Buffers: 1, system: s})
						got, err := inFour(t, r, path)
						if err == nil && !bytes.Equal(got, want) || err != nil && (!errors.Is(err, errno) || !Temporary(err)) {
							t.Errorf("call %d: %d bytes, %v", n, len(got), err)
						}
						if len(r.slots.taken) != 0 {
							t.Errorf("call %d: a chunk is still out", n)
						}
						r.Close()
					}
				})
			}
		}
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors are open, %d were before", after, before)
	}
}

// A mapping that does not come about is read instead.
func TestNoMemoryToMapIsNoFailure(t *testing.T) {
	if !canMap {
		t.Skip("this system maps nothing")
	}
	want := pattern(100_000)
	s := &failing{}
	r := New(Options{Mode: Mmap, system: s})
	defer r.Close()
	src := open(t, r, write(t, want))
	s.fail = func(call int) error {
		if call == 2 { // after the open
			return syscall.ENOMEM
		}
		return nil
	}
	c, err := src.Read(t.Context(), 0, len(want))
	must(t, err)
	defer c.Release()
	if c.Mapped() || !bytes.Equal(c.Bytes(), want) {
		t.Errorf("mapped: %v", c.Mapped())
	}
}

func TestShortReadsAreGoneOnWith(t *testing.T) {
	want := pattern(10_000)
	for _, short := range []int{1, 7, 4096, 9_999} {
		r := New(Options{Mode: Pread, system: &failing{short: short}})
		got, err := inFour(t, r, write(t, want))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes a read: %d bytes, %v", short, len(got), err)
		}
		r.Close()
	}
}

// What is gone, or forbidden, or another kind of thing, is so the next time too.
func TestTemporaryIsNotWhatStays(t *testing.T) {
	for _, err := range []error{nil, os.ErrNotExist, os.ErrPermission, syscall.ENOENT, syscall.EACCES, syscall.EISDIR, ErrChanged, ErrNotRegular} {
		if Temporary(err) {
			t.Errorf("%v is taken for temporary", err)
		}
	}
}

func TestCopyIsNeverTheFileItself(t *testing.T) {
	inBothModes(t, func(t *testing.T, r *Reader) {
		want := pattern(1 << 20)
		path := write(t, want)
		c, err := open(t, r, path).Copy(t.Context(), 0, len(want))
		must(t, err)
		defer c.Release()
		must(t, os.WriteFile(path, make([]byte, len(want)), 0o600))
		if c.Mapped() || !bytes.Equal(c.Bytes(), want) {
			t.Error("the bytes changed with the file")
		}
	})
}

// coarse is a system whose clock stands still: no change gets a time of its own.
type coarse struct {
	kernel
	at int64
}

func (s *coarse) open(path string) (file, Identity, error) {
	f, id, err := s.kernel.open(path)
	return f, s.stamped(id), err
}

func (s *coarse) identityOf(path string) (Identity, error) {
	id, err := s.kernel.identityOf(path)
	return s.stamped(id), err
}

func (s *coarse) identity(f file) (Identity, error) {
	id, err := s.kernel.identity(f)
	return s.stamped(id), err
}

func (s *coarse) stamped(id Identity) Identity {
	id.Modified, id.Changed = s.at, s.at
	return id
}

// The file was written and opened within a tick of the file system's clock: until the next, no change would show.
func TestSourceIsAtRestOnlyOnceTheClockHasMovedOn(t *testing.T) {
	path := write(t, pattern(100))
	clock := &coarse{at: time.Now().UnixNano()}
	s := open(t, New(Options{system: clock}), path)
	begun := time.Now()
	must(t, s.AtRest(t.Context()))
	if took := time.Since(begun); took < tick/2 {
		t.Errorf("a source that changed just now is at rest after %v", took)
	}
	begun = time.Now()
	must(t, s.AtRest(t.Context()))
	if took := time.Since(begun); took > tick/2 {
		t.Errorf("a source at rest was waited for, %v", took)
	}
}

func TestSourceThatIsBeingWrittenIsNotAtRest(t *testing.T) {
	path := write(t, pattern(100))
	clock := &coarse{at: time.Now().Add(time.Hour).UnixNano()} // ahead of ours: no wait of an hour
	s := open(t, New(Options{system: clock}), path)
	clock.at++
	begun := time.Now()
	if err := s.AtRest(t.Context()); !errors.Is(err, ErrChanged) {
		t.Error(err)
	}
	if took := time.Since(begun); took > time.Minute {
		t.Errorf("it took %v", took)
	}
}
