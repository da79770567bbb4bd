package wire

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

// longAgo is a deadline that interrupts.
var longAgo = time.Unix(1, 0)

// link is an open connection that carries one exchange after the other.
type link struct {
	net.Conn          // as the store sees it: under TLS, if that is spoken
	below    *counter // the connection itself; the same without TLS
	route    route
	probe    *probe // of below

	in    *bufio.Reader
	allow int64 // bytes that may be read before the header of an answer must have ended
	out   []byte
	dog   watchdog
	asked http.Request // tells the parser of answers what was asked

	used  bool        // it has carried an exchange
	wrote atomic.Bool // some of the present exchange's request was written
	last  atomic.Bool // the writing of its end has begun
	since time.Time   // when it became idle
}

func newLink(c net.Conn, below *counter, r route) *link {
	l := &link{Conn: c, below: below, route: r, probe: newProbe(below.Conn)}
	l.in = bufio.NewReaderSize(inbound{l}, 4<<10)
	return l
}

// drop closes a link that carries nothing: nothing can be lost with it.
func (l *link) drop() {
	l.dog.leave()
	_ = l.Close()
}

// interrupt ends whatever is being read or written, and spoils the link.
func (l *link) interrupt() { _ = l.SetDeadline(longAgo) } // fails only on a closed connection, where nothing lasts

// quiet reports whether TLS holds nothing that was read and belongs to no exchange. What waits in the system is seen
// by alive.
func (l *link) quiet() bool {
	if l.Conn == net.Conn(l.below) {
		return true
	}
	if l.SetReadDeadline(longAgo) != nil {
		return false
	}
	_, err := l.Conn.Read(make([]byte, 1))
	return errors.Is(err, os.ErrDeadlineExceeded) && l.SetReadDeadline(time.Time{}) == nil
}
