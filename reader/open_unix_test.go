//go:build linux || darwin

package reader

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Neither end of the FIFO is open: a plain open would wait for a writer for ever.
func TestOpenOfAFIFODoesNotWait(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	must(t, unix.Mkfifo(path, 0o600))
	begun := time.Now()
	_, err := New(Options{}).Open(path)
	if !errors.Is(err, ErrNotRegular) || !strings.Contains(err.Error(), "FIFO") {
		t.Error(err)
	}
	if waited := time.Since(begun); waited > time.Second {
		t.Errorf("it took %s", waited)
	}
}

func TestOpenOfASocketAndOfADevice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	l, err := net.Listen("unix", path)
	must(t, err)
	defer func() { _ = l.Close() }()
	for path, kind := range map[string]string{path: "socket", "/dev/null": "device"} {
		if _, err := New(Options{}).Open(path); !errors.Is(err, ErrNotRegular) || !strings.Contains(err.Error(), kind) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestOpenWithoutPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	path := write(t, []byte("x"))
	must(t, os.Chmod(path, 0))
	if _, err := New(Options{}).Open(path); !errors.Is(err, fs.ErrPermission) {
		t.Error(err)
	}
}

// A descriptor once opened reads on, but the change of mode is a change.
func TestPermissionTakenAwayWhileOpen(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	inBothModes(t, func(t *testing.T, r *Reader) {
		path := write(t, pattern(10))
		s := open(t, r, path)
		must(t, os.Chmod(path, 0))
		c, err := s.Read(t.Context(), 0, 10)
		must(t, err)
		c.Release()
	})
}

// A failed open must not leave a descriptor behind.
func TestRefusedFilesLeaveNoDescriptor(t *testing.T) {
	dir := t.TempDir()
	before := highest(t)
	for range 100 {
		_, _ = New(Options{}).Open(dir)
		_, _ = New(Options{}).Open(filepath.Join(dir, "absent"))
	}
	if after := highest(t); after > before+10 {
		t.Errorf("descriptor %d after, %d before", after, before)
	}
}

// highest returns the number of the next descriptor.
func highest(t *testing.T) int {
	fd, err := unix.Open(os.DevNull, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	must(t, err)
	must(t, unix.Close(fd))
	return fd
}
