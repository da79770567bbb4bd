package null

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// dropConn is a connection that can drop what arrives instead of copying it: recv(2) with MSG_TRUNC.
type dropConn struct {
	*net.TCPConn
	raw  rawConn
	drop atomic.Bool // the server's read for what comes behind a body looks at it too
}

type rawConn interface {
	Read(func(fd uintptr) bool) error
}

type dropListener struct{ net.Listener }

func droppingListener(l net.Listener) net.Listener { return dropListener{l} }

func (l dropListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	t, ok := c.(*net.TCPConn)
	if err != nil || !ok {
		return c, err
	}
	raw, err := t.SyscallConn()
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return &dropConn{TCPConn: t, raw: raw}, nil
}

// dropping makes the request's connection drop its body, until the function returned is called.
func dropping(r *http.Request) func() {
	c, ok := r.Context().Value(connKey{}).(*dropConn)
	if !ok {
		return func() {}
	}
	c.drop.Store(true)
	return func() { c.drop.Store(false) }
}

// Read fills p, or says how much it dropped: p is then what it was. What is read into a small buffer may be more
// than the body and is never dropped.
func (c *dropConn) Read(p []byte) (n int, err error) {
	if !c.drop.Load() || len(p) < blockSize/4 {
		return c.TCPConn.Read(p)
	}
	var failed error
	err = c.raw.Read(func(fd uintptr) bool {
		for {
			n, _, failed = unix.Recvfrom(int(fd), p, unix.MSG_TRUNC)
			if !errors.Is(failed, unix.EINTR) {
				return !errors.Is(failed, unix.EAGAIN)
			}
		}
	})
	switch {
	case err != nil:
		return 0, err
	case failed != nil:
		return 0, failed
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}
