package reader

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// glancing counts what a look asks, and may be told that a path cannot be glanced at.
type glancing struct {
	kernel
	opens  int
	refuse error
}

func (g *glancing) open(path string) (file, Identity, error) {
	g.opens++
	return g.kernel.open(path)
}

func (g *glancing) glance(path string) (Identity, error) {
	if g.refuse != nil {
		return Identity{}, g.refuse
	}
	return g.kernel.glance(path)
}

func TestALookSaysAnotherThanAnOpening(t *testing.T) {
	path := write(t, pattern(1234))
	r := New(Options{})
	want := open(t, r, path).Identity()
	for range 2 {
		if got, err := r.Look(path); err != nil || got != want {
			t.Errorf("%+v, %v, want %+v", got, err, want)
		}
	}
}

func TestALookOpensEveryFile(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("nobody else tells it of a path")
	}
	s := &glancing{}
	r := New(Options{system: s})
	path := write(t, pattern(10))
	for range 5 {
		_, err := r.Look(path)
		must(t, err)
	}
	src := open(t, r, path)
	want := 5 + 1
	if src.file.local() {
		want = 1 + 1 // the first one tells what the file system is
	}
	if s.opens != want {
		t.Errorf("%d were opened, want %d", s.opens, want)
	}
}

// Where a glance is not answered, as in sandboxes and on old kernels, the opening decides.
func TestALookBelievesAGlanceThatFails(t *testing.T) {
	for _, err := range []error{syscall.ENOSYS, syscall.EPERM, syscall.EACCES, errSpecial} {
		r := New(Options{system: &glancing{refuse: err}})
		if id, got := r.Look(write(t, pattern(10))); got != nil || id.Size != 10 {
			t.Errorf("%v: %+v, %v", err, id, got)
		}
	}
}

func TestALookFindsWhatCannotBeRead(t *testing.T) {
	r := New(Options{})
	dir := t.TempDir()
	there := write(t, pattern(10))
	_, err := r.Look(there) // now the file system is known
	must(t, err)
	if _, err := r.Look(filepath.Join(dir, "gone")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("gone: %v", err)
	}
	if _, err := r.Look(dir); !errors.Is(err, ErrNotRegular) {
		t.Errorf("a directory: %v", err)
	}
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("nothing is forbidden to this user, or not by mode")
	}
	must(t, os.Chmod(there, 0o200))
	if _, err := r.Look(there); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("forbidden: %v", err)
	}
}
