package wire

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// shortQueue is what may wait in the system to be sent to a peer that is near; the system makes it twice as much. That
// is what a gigabyte a second has under way for a round trip.
const shortQueue = 512 << 10

// shorten keeps the queue of a connection short whose handshake took no longer than a round trip of so many
// microseconds. Left alone it grows to 4 MiB, and what the system copies into the queues of a few connections has left
// the processor's caches by the time it is sent: an eighth of a run's CPU time. A peer that is far away needs the long
// queue, and so does TLS, whose peer takes longer for the same bytes.
func shorten(c net.Conn, within uint32) {
	s, ok := c.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { // what fails leaves the queue as it is
		info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		if err == nil && info.Rtt <= within {
			_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_SNDBUF, shortQueue)
		}
	})
}
