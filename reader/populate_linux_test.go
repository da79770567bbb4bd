package reader

import (
	"bytes"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// evict has the page cache forget the file, as far as the file system does that.
func evict(t testing.TB, path string) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	defer f.Close()
	must(t, f.Sync())
	must(t, unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED))
}

func TestPagesThatAreNotCachedAreBroughtIn(t *testing.T) {
	data := pattern(3 * step / 2)
	path := write(t, data)
	r := New(Options{Mode: Mmap})
	s := open(t, r, path)
	evict(t, path)
	if cached(s.file.file, 0, len(data)) {
		t.Log("the file stayed in the cache")
	}
	c, err := s.Read(t.Context(), 4097, len(data)-4097)
	must(t, err)
	defer c.Release()
	if !c.Mapped() || !bytes.Equal(c.Bytes(), data[4097:]) {
		t.Error("other bytes")
	}
}

// A window that is not there is never handed out: neither if the cache still holds its pages nor if it does not.
func TestWindowOnATruncatedFile(t *testing.T) {
	for _, evicted := range []bool{false, true} {
		path := write(t, pattern(1<<20))
		s := open(t, New(Options{Mode: Mmap}), path)
		if evicted {
			evict(t, path)
		}
		must(t, os.Truncate(path, 4096))
		window, err := mapFile(s.file.file, 0, 1<<20)
		must(t, err)
		defer unmap(window)
		if err := ready(t.Context(), &s.file, window, 0); err == nil {
			t.Errorf("evicted %v: the window is handed out", evicted)
		}
	}
}

// /proc has regular files, and is not a disk.
func TestUnknownFileSystemIsNotLocal(t *testing.T) {
	r := New(Options{})
	if s := open(t, r, "/proc/version"); r.isLocal(s.id.Device, s.file.file) {
		t.Error("procfs would be mapped")
	}
}
