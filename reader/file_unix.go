//go:build linux || darwin

package reader

import (
	"errors"

	"golang.org/x/sys/unix"
)

// file is a bare descriptor. An os.File tries to register each one with the poller, in vain for a regular file: that
// is five system calls more, for a small file twice as many.
type file struct{ fd int }

// openFile opens a regular file and says which. It does not wait for the writer of a FIFO, and makes no terminal
// the process's own. It fails with errSpecial for what is not regular.
func openFile(path string) (file, Identity, error) {
	fd, err := retried(func() (int, error) {
		return unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	})
	if err != nil {
		return file{}, Identity{}, err
	}
	f := file{fd}
	var st unix.Stat_t
	if err = f.stat(&st); err == nil && st.Mode&unix.S_IFMT != unix.S_IFREG {
		err = errSpecial
	}
	if err != nil {
		_ = f.close()
		return file{}, Identity{}, err
	}
	return f, identity(&st), nil
}

// identityOf says which file path leads to.
func identityOf(path string) (Identity, error) {
	var st unix.Stat_t
	_, err := retried(func() (int, error) { return 0, unix.Stat(path, &st) })
	return identity(&st), err
}

func (f file) identity() (Identity, error) {
	var st unix.Stat_t
	err := f.stat(&st)
	return identity(&st), err
}

func (f file) stat(st *unix.Stat_t) error {
	_, err := retried(func() (int, error) { return 0, unix.Fstat(f.fd, st) })
	return err
}

func identity(st *unix.Stat_t) Identity {
	return Identity{
		Device:   uint64(st.Dev), //nolint:unconvert // an int32 on macOS
		Inode:    st.Ino,
		Size:     st.Size,
		Modified: st.Mtim.Nano(),
		Changed:  st.Ctim.Nano(),
	}
}

// ReadAt is one pread. At the end of the file it reads nothing, without an error.
func (f file) ReadAt(p []byte, off int64) (int, error) {
	n, err := unix.Pread(f.fd, p, off)
	return max(n, 0), err
}

// close does not repeat an interrupted close: the descriptor is gone, and its number may be another file's.
func (f file) close() error {
	if err := unix.Close(f.fd); err != nil && !errors.Is(err, unix.EINTR) {
		return err
	}
	return nil
}

// retried repeats a call as long as a signal interrupts it.
func retried(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if !errors.Is(err, unix.EINTR) {
			return n, err
		}
	}
}
