package reader

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenOfNothing(t *testing.T) {
	_, err := New(Options{}).Open(filepath.Join(t.TempDir(), "absent"))
	if !errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrNotRegular) || !strings.Contains(err.Error(), "absent") {
		t.Error(err)
	}
}

func TestOpenOfADirectory(t *testing.T) {
	_, err := New(Options{}).Open(t.TempDir())
	if !errors.Is(err, ErrNotRegular) || !strings.Contains(err.Error(), "directory") {
		t.Error(err)
	}
}

func TestOpenFollowsALink(t *testing.T) {
	path := write(t, []byte("x"))
	link := path + ".link"
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err)
	}
	r := New(Options{})
	if open(t, r, link).Identity() != open(t, r, path).Identity() {
		t.Error("the link and the file are not the same")
	}
	must(t, open(t, r, link).Unchanged())
}

// One file that many rows name, or many names of one file, are open any number of times.
func TestTheSameFileManyTimes(t *testing.T) {
	path := write(t, pattern(100))
	r := New(Options{Buffers: 4})
	for range 100 {
		s := open(t, r, path)
		c, err := s.Read(t.Context(), 0, 100)
		must(t, err)
		c.Release()
		must(t, s.Unchanged())
	}
}

func TestParseMode(t *testing.T) {
	for _, m := range []Mode{Auto, Pread, Mmap} {
		if got, err := ParseMode(m.String()); err != nil || got != m {
			t.Errorf("%v: %v, %v", m, got, err)
		}
	}
	for _, s := range []string{"", "AUTO", "direct", "mode(3)"} {
		if _, err := ParseMode(s); err == nil {
			t.Errorf("%q is taken for a mode", s)
		}
	}
	if Mode(3).String() != "mode(3)" {
		t.Error(Mode(3))
	}
}
