package faultproxy

import (
	"errors"
	"net"

	"golang.org/x/sys/unix"
)

// narrow lets the kernel take in little for us on the connections to come: it must be said before they are there, as
// a client may write before we have accepted it.
func narrow(l *net.TCPListener) error {
	raw, err := l.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, intake)
	})
	return errors.Join(err, failed)
}

// unacknowledged returns how many written bytes the other side does not have yet.
func unacknowledged(c *net.TCPConn) int {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0
	}
	queued := 0
	if raw.Control(func(fd uintptr) { queued, err = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) }) != nil || err != nil {
		return 0
	}
	return queued
}
