package reader

import (
	"bytes"
	"errors"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestIdentityIsWhatTheSystemSays(t *testing.T) {
	path := write(t, pattern(123))
	info, err := os.Stat(path)
	must(t, err)
	s := open(t, New(Options{}), path)
	id := s.Identity()
	if s.Size() != 123 || id.Size != 123 || id.Modified != info.ModTime().UnixNano() {
		t.Errorf("%+v", id)
	}
	if canMap && (id.Inode == 0 || id.Changed < id.Modified) {
		t.Errorf("%+v", id)
	}
	must(t, s.Unchanged())
}

// Every change is noticed, and named.
func TestUnchangedNotices(t *testing.T) {
	for _, c := range []struct {
		what, said string
		change     func(t *testing.T, path string)
		inode      bool // only where inodes and their times can be seen
	}{
		{"truncated", "size 100 is now 40", func(t *testing.T, path string) { must(t, os.Truncate(path, 40)) }, false},
		{"grown", "size 100 is now 101", func(t *testing.T, path string) { must(t, os.Truncate(path, 101)) }, false},
		{"touched", "mtime", func(t *testing.T, path string) {
			must(t, os.Chtimes(path, time.Unix(1, 0), time.Unix(1, 5)))
		}, false},
		{"rewritten, its mtime restored", "ctime", rewrite, true},
		{"chmod", "ctime", func(t *testing.T, path string) { must(t, os.Chmod(path, 0o400)) }, true},
		{"replaced by rename", "another file took its place", func(t *testing.T, path string) {
			replace(t, path, pattern(100))
		}, true},
		{"vanished", "vanished", func(t *testing.T, path string) { must(t, os.Remove(path)) }, true},
		{"moved away", "vanished", func(t *testing.T, path string) { must(t, os.Rename(path, path+".moved")) }, true},
	} {
		t.Run(c.what, func(t *testing.T) {
			if c.inode && !canMap {
				t.Skip("not to be seen, or not possible with an open file, on " + runtime.GOOS)
			}
			path := write(t, pattern(100))
			s := open(t, New(Options{}), path)
			time.Sleep(20 * time.Millisecond) // more than a tick of the file system's clock
			c.change(t, path)
			err := s.Unchanged()
			if !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), c.said) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want it to say %q", err, c.said)
			}
		})
	}
}

// rewrite changes the bytes and hides it as well as a program can.
func rewrite(t *testing.T, path string) {
	info, err := os.Stat(path)
	must(t, err)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteAt([]byte("other"), 50)
	must(t, err)
	must(t, f.Close())
	must(t, os.Chtimes(path, info.ModTime(), info.ModTime()))
}

func replace(t *testing.T, path string, data []byte) {
	must(t, os.WriteFile(path+".new", data, 0o600))
	must(t, os.Rename(path+".new", path))
}

// The file that was opened is read on, whatever takes its name.
func TestReplacedFileIsReadOn(t *testing.T) {
	if !canMap {
		t.Skip("not possible with an open file on " + runtime.GOOS)
	}
	inBothModes(t, func(t *testing.T, r *Reader) {
		data := pattern(10000)
		path := write(t, data)
		s := open(t, r, path)
		replace(t, path, bytes.Repeat([]byte("new"), 5000))
		c, err := s.Read(t.Context(), 0, len(data))
		must(t, err)
		defer c.Release()
		if !bytes.Equal(c.Bytes(), data) {
			t.Error("bytes of another file")
		}
	})
}

func TestClosedSourceReadsNothing(t *testing.T) {
	inBothModes(t, func(t *testing.T, r *Reader) {
		s := open(t, r, write(t, pattern(10)))
		must(t, s.Close())
		must(t, s.Close())
		if _, err := s.Read(t.Context(), 0, 10); !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
		if err := s.Unchanged(); !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	})
}

func TestChunkOutlivesItsSource(t *testing.T) {
	inBothModes(t, func(t *testing.T, r *Reader) {
		data := pattern(100000)
		s := open(t, r, write(t, data))
		c, err := s.Read(t.Context(), 5000, 90000)
		must(t, err)
		must(t, s.Close())
		r.Close()
		if !bytes.Equal(c.Bytes(), data[5000:95000]) {
			t.Error("other bytes after Close")
		}
		c.Release()
	})
}

// A descriptor that is closed too early is soon another file's: then a read returns its bytes.
func TestCloseDuringReads(t *testing.T) {
	data, other := pattern(50000), bytes.Repeat([]byte{0xff}, 50000)
	path, otherPath := write(t, data), write(t, other)
	inBothModes(t, func(t *testing.T, r *Reader) {
		for range 100 {
			s := open(t, r, path)
			var wg sync.WaitGroup
			for range 2 {
				wg.Go(func() {
					c, err := s.Read(t.Context(), 100, len(data)-100)
					if errors.Is(err, os.ErrClosed) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					if !bytes.Equal(c.Bytes(), data[100:]) {
						t.Error("bytes of another file")
					}
					c.Release()
				})
			}
			must(t, s.Close())
			_ = open(t, r, otherPath).Close()
			wg.Wait()
		}
	})
}
