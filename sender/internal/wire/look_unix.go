//go:build unix && !linux

package wire

import (
	"errors"

	"golang.org/x/sys/unix"
)

// nothingToRead reports whether a socket has nothing to read, not even an end.
func nothingToRead(fd uintptr) bool {
	var b [1]byte
	_, _, err := unix.Recvfrom(int(fd), b[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
	return errors.Is(err, unix.EAGAIN)
}
