package wire

import (
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// What waits to be sent to a neighbour stays in the processor's caches.
func TestQueueToANeighbourIsShort(t *testing.T) {
	neighbour := silent(t, func(net.Conn) {})
	l, err := newDialer(Timeouts{Dial: time.Minute}, nil).link(t.Context(), &way{route: route{host: neighbour}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.drop()
	if !locked(t, l.below.Conn) {
		t.Error("the queue grows as it likes")
	}
}

// To a store that is far away the queue has to grow with what is under way.
func TestQueueToADistantPeerGrows(t *testing.T) {
	c, err := net.Dial("tcp", silent(t, func(net.Conn) {}))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	shorten(c, 0)
	if locked(t, c) {
		t.Error("the queue's length is fixed, though no peer is as near as that")
	}
}

// locked reports whether somebody has fixed the length of the queue of what is to be sent.
func locked(t *testing.T, c net.Conn) bool {
	t.Helper()
	const sendLock = 1 // SOCK_SNDBUF_LOCK
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	locks := 0
	if ctlErr := raw.Control(func(fd uintptr) {
		locks, err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_BUF_LOCK)
	}); ctlErr != nil {
		t.Fatal(ctlErr)
	}
	if err != nil {
		t.Skip("the system does not tell:", err) // Linux before 5.15
	}
	return locks&sendLock != 0
}
