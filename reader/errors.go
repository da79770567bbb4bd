package reader

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"syscall"
)

var (
	// ErrChanged is returned when a file is not, or no longer, what it was when it was opened: its size, its times,
	// the file behind its path, or bytes that should be there.
	ErrChanged = errors.New("the source changed")

	// ErrNotRegular is returned when a path names something that has no bytes of its own to store: a directory,
	// a FIFO, a socket, a device; or a file that the system makes up as it is read, and says to be empty.
	ErrNotRegular = errors.New("not a regular file")

	// errSpecial is what a platform's openFile says of a file that opened and is not regular.
	errSpecial = errors.New("special file")
)

// temporary are the errors that may be gone a moment later: a device, or the server behind a file system, that
// failed once; a handle that the server has forgotten, which an open by path finds anew; and shortages.
var temporary = []syscall.Errno{
	syscall.EIO, syscall.EINTR, syscall.EAGAIN, syscall.ETIMEDOUT, syscall.ESTALE,
	syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM,
}

// Temporary reports whether what failed with err may well succeed when it is tried again.
func Temporary(err error) bool {
	return err != nil && slices.ContainsFunc(temporary, func(e syscall.Errno) bool { return errors.Is(err, e) })
}

// refusal says why path did not open. What a thing is matters more than why it did not: a socket answers an open
// with "no such device or address".
func refusal(path string, cause error) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("open %q: a %s: %w", path, kind(info.Mode()), ErrNotRegular)
	}
	if errors.Is(cause, errSpecial) {
		cause = ErrNotRegular
	}
	return fmt.Errorf("open %q: %w", path, cause)
}

func kind(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "directory"
	case m&fs.ModeNamedPipe != 0:
		return "FIFO"
	case m&fs.ModeSocket != 0:
		return "socket"
	case m&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}
