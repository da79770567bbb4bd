package wire

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// chunk is what is written at once: enough that the system calls do not count, little enough that a writer stops soon.
// The watch sees progress within it.
const chunk = 1 << 20

// unacknowledged returns how many written bytes the other side has not acknowledged yet, or 0 if that is not known.
func unacknowledged(c net.Conn) int64 {
	s, ok := c.(syscall.Conn)
	if !ok {
		return 0
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return 0
	}
	queued := 0
	err = raw.Control(func(fd uintptr) {
		queued, err = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ)
	})
	if err != nil {
		return 0
	}
	return int64(queued)
}
