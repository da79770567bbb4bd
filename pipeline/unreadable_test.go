package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"syscall"
	"testing"

	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// bad makes accesses to sources fail. decide is asked about each, by its number from 1 and the source's path.
func (l *lab) bad(decide func(n int, path string) error) *badDisk {
	d := &badDisk{decide: decide}
	l.between = func(open opener) opener {
		return func(path string) (source, error) {
			if err := d.next(path); err != nil {
				return nil, err
			}
			s, err := open(path)
			if err != nil {
				return nil, err
			}
			return &badSource{s, d, path}, nil
		}
	}
	return d
}

type badDisk struct {
	decide func(n int, path string) error

	mu sync.Mutex
	n  int
}

func (d *badDisk) next(path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.n++
	if err := d.decide(d.n, path); err != nil {
		return fmt.Errorf("read %q: %w", path, err)
	}
	return nil
}

type badSource struct {
	source
	disk *badDisk
	path string
}

func (s *badSource) Read(ctx context.Context, off int64, n int) (*reader.Chunk, error) {
	if err := s.disk.next(s.path); err != nil {
		return nil, err
	}
	return s.source.Read(ctx, off, n)
}

func (s *badSource) Copy(ctx context.Context, off int64, n int) (*reader.Chunk, error) {
	if err := s.disk.next(s.path); err != nil {
		return nil, err
	}
	return s.source.Copy(ctx, off, n)
}

func (s *badSource) Unchanged() error {
	if err := s.disk.next(s.path); err != nil {
		return err
	}
	return s.source.Unchanged()
}

// Every access to a source fails once, one after the other: each is tried again, and nothing fails.
func TestAccessThatFailsOnceIsTriedAgain(t *testing.T) {
	for _, errno := range []syscall.Errno{syscall.EIO, syscall.EINTR, syscall.EMFILE, syscall.ENOMEM, syscall.ESTALE} {
		t.Run(errno.Error(), func(t *testing.T) {
			l := newLab(t)
			l.options.Parallel = 1 // so that the accesses to one source come in a row
			l.mixed()
			last := map[string]bool{}
			d := l.bad(func(_ int, path string) error {
				if last[path] = !last[path]; last[path] {
					return errno
				}
				return nil
			})
			l.finish()
			if d.n < 150 {
				t.Errorf("%d accesses were made", d.n)
			}
		})
	}
}

// A source that cannot be read fails its row, after three tries of one access, and no other. A later run does it, and
// sends no part again.
func TestUnreadableSourceFailsAloneAndIsDoneLater(t *testing.T) {
	for _, mode := range []reader.Mode{reader.Pread, reader.Mmap} {
		for from := 1; from <= 5; from++ { // open, and what follows it
			t.Run(fmt.Sprint(mode, " from access ", from), func(t *testing.T) {
				l := newLab(t)
				l.mode = mode
				l.options.Parallel = 1
				parts := l.mixed()
				before, of := descriptors(t), 0
				l.bad(func(_ int, path string) error {
					if path != l.path("many") {
						return nil
					}
					if of++; of >= from {
						return syscall.EIO
					}
					return nil
				})
				p, err := l.run()
				if err != nil || p.Failed != 1 || p.Done != 7 {
					t.Fatalf("%+v, %v", p, err)
				}
				for _, line := range l.report() {
					if line.Error != nil && (line.Source != "many" || line.Error.Code != "SourceUnreadable") {
						t.Errorf("%+v %+v", line, *line.Error)
					}
				}
				if of > 25 {
					t.Errorf("%d accesses to a source that cannot be read", of)
				}
				l.between = nil
				if again := l.finish(); p.SentParts+again.SentParts != parts {
					t.Errorf("sent %d parts, then %d, of %d", p.SentParts, again.SentParts, parts)
				}
				if after := descriptors(t); after > before {
					t.Errorf("%d descriptors are open, %d were before", after, before)
				}
			})
		}
	}
}

// What is not there, and what is forbidden, is not looked for again and again.
func TestWhatStaysIsNotTriedAgain(t *testing.T) {
	for _, gone := range []error{fs.ErrNotExist, fs.ErrPermission, reader.ErrChanged, reader.ErrNotRegular} {
		l := newLab(t)
		l.file("f", 10)
		d := l.bad(func(int, string) error { return gone })
		if p, err := l.run(); err != nil || p.Failed != 1 || d.n != 1 {
			t.Errorf("%v: %+v, %v, %d accesses", gone, p, err, d.n)
		}
	}
}

// One access in ten fails, in runs one after the other, until all is done.
func TestBadDiskLosesNothing(t *testing.T) {
	torture(t, 3, func(t *testing.T, luck *luck) {
		l := newLab(t)
		for i := range 60 {
			l.file(fmt.Sprint("f", i), int64(luck.below(12*partSize)))
		}
		errnos := []error{syscall.EIO, syscall.EMFILE, syscall.ENOMEM, syscall.ESTALE, os.ErrNotExist}
		l.bad(func(int, string) error {
			if luck.one(10) {
				return errnos[luck.below(len(errnos))]
			}
			return nil
		})
		failed := 0
		for runs := 1; ; runs++ {
			p, err := l.run()
			if err != nil {
				t.Fatal(err)
			}
			failed += int(p.Failed)
			if p.Failed == 0 {
				break
			}
			if runs == 50 {
				t.Fatalf("after %d runs: %+v", runs, p)
			}
		}
		l.between = nil
		if p := l.finish(); p.SentParts != 0 || failed == 0 {
			t.Errorf("%+v, %d failures before", p, failed)
		}
	})
}

// The last look at a source of one part comes after its bytes were copied, and before anything is visible.
func TestSmallSourceChangedAfterItWasReadIsNeverVisible(t *testing.T) {
	for _, mode := range []reader.Mode{reader.Pread, reader.Mmap} {
		l := newLab(t)
		l.mode = mode
		l.file("small", 100)
		l.between = func(open opener) opener {
			return func(path string) (source, error) {
				s, err := open(path)
				return &rewritten{s, path}, err
			}
		}
		l.failure("SourceChanged")
		if l.faults.Calls(sendertest.Put) != 0 {
			t.Error("it was sent")
		}
	}
}

// rewritten is a source that is written to, in place, as soon as it was read.
type rewritten struct {
	source
	path string
}

func (s *rewritten) Copy(ctx context.Context, off int64, n int) (*reader.Chunk, error) {
	c, err := s.source.Copy(ctx, off, n)
	return c, errors.Join(err, os.WriteFile(s.path, sendertest.Bytes(77, s.Size()), 0o600))
}

// restless is a source that is being written to.
type restless struct{ source }

func (restless) AtRest(context.Context) error { return reader.ErrChanged }

func TestSourceThatIsNotAtRestIsNotSent(t *testing.T) {
	for _, n := range []int64{10, 3 * partSize} {
		l := newLab(t)
		l.file("log", n)
		l.between = func(open opener) opener {
			return func(path string) (source, error) {
				s, err := open(path)
				return restless{s}, err
			}
		}
		l.failure("SourceChanged")
		if l.faults.Calls(sendertest.Put)+l.faults.Calls(sendertest.Begin) != 0 {
			t.Error("the store was asked")
		}
	}
}
