package wire

import (
	"errors"
	"io"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// errRevoked is what a writer gets that wants bytes after the caller has taken them back.
var errRevoked = errors.New("the request's body was taken back")

// errVanished is what a writer gets whose bytes were in a mapped file that shrank.
var errVanished = errors.New("the bytes to send are not there any more")

// payload lends the bytes of a request to whoever writes them, and can take them back at any time. The zero value
// with data lends.
type payload struct {
	data    []byte
	touched atomic.Bool // some of it was lent
	last    atomic.Bool // the end of it was lent

	mu       sync.Mutex
	revoked  bool
	borrower *conn         // writes from data right now, or nil
	returned chan struct{} // closed when the borrower is done
}

// send writes data[off:] to c, preceded by head in the same system call. It returns how much of data was written.
func (p *payload) send(c *conn, head []byte, off int) (int, error) {
	if !p.lend(c) {
		return 0, errRevoked
	}
	n, err := p.write(c, head, off)
	if !p.giveBack() && err == nil {
		err = errRevoked // the deadline may be spoiled, so this connection must not be used again
	}
	return n, err
}

func (p *payload) write(c *conn, head []byte, off int) (int, error) {
	start := off
	for off < len(p.data) && !p.isRevoked() {
		piece := p.data[off:min(off+chunk, len(p.data))]
		p.last.Store(off+len(piece) == len(p.data))
		n, err := c.writev(head, piece)
		off += max(n-len(head), 0)
		head = nil
		if err != nil {
			return off - start, err
		}
	}
	return off - start, nil
}

func (p *payload) lend(c *conn) bool {
	p.touched.Store(true)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.revoked {
		return false
	}
	p.borrower, p.returned = c, make(chan struct{})
	return true
}

// giveBack ends a loan and reports whether it was not revoked meanwhile.
func (p *payload) giveBack() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.borrower = nil
	close(p.returned)
	return !p.revoked
}

func (p *payload) isRevoked() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.revoked
}

// revoke takes the bytes back: when it returns, nobody reads them, now or later. A borrower has the grace to end by
// itself; then its write is interrupted. The wait after that has no ctx, as it ends at once.
func (p *payload) revoke(grace time.Duration) {
	if grace > 0 {
		p.await(grace)
	}
	p.mu.Lock()
	p.revoked = true
	c, returned := p.borrower, p.returned
	p.mu.Unlock()
	if c != nil {
		_ = c.SetWriteDeadline(time.Unix(1, 0)) // fails only on a closed connection, where no write lasts
		<-returned
	}
}

func (p *payload) await(grace time.Duration) {
	p.mu.Lock()
	c, returned := p.borrower, p.returned
	p.mu.Unlock()
	if c == nil {
		return
	}
	t := time.NewTimer(grace)
	defer t.Stop()
	select {
	case <-returned:
	case <-t.C:
	}
}

// reader reads a payload from its start. It is the body that net/http knows; conn goes around it where it can.
type reader struct {
	payload *payload
	off     int
}

// Read copies under the lock, so that a revocation waits for one copy at most.
func (r *reader) Read(b []byte) (int, error) {
	p := r.payload
	p.touched.Store(true)
	if r.off == len(p.data) {
		return 0, io.EOF
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.revoked {
		return 0, errRevoked
	}
	n, err := copyMapped(b, p.data[r.off:])
	r.off += n
	p.last.Store(r.off == len(p.data))
	return n, err
}

// copyMapped is copy, for bytes that may be a mapped file, which may have shrunk: the copying is done by a goroutine
// of net/http's, where nobody else could keep the fault from ending the process.
func copyMapped(to, from []byte) (n int, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch v := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }:
			n, err = 0, errVanished
		default:
			panic(v)
		}
	}()
	return copy(to, from), nil
}

// Close does nothing: the bytes are the caller's.
func (r *reader) Close() error { return nil }
