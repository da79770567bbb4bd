//go:build unix

package wire

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// alive reports whether an idle connection is still open, and silent as it must be. It looks without reading; where
// it cannot look, it hopes.
func (l *link) alive() bool {
	s, ok := l.below.Conn.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return false
	}
	quiet := false
	err = raw.Read(func(fd uintptr) bool {
		var b [1]byte
		_, _, err := unix.Recvfrom(int(fd), b[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		quiet = errors.Is(err, unix.EAGAIN)
		return true
	})
	return err == nil && quiet
}
