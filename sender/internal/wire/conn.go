package wire

import (
	"crypto/tls"
	"io"
	"net"
	"sync/atomic"
)

// conn is a connection that counts what it moves, and that writes the header and the body of a request together.
//
// net/http sends a header before it reads a body of a type that it does not know, which costs small objects a
// packet and a system call. So a connection that is told to expect a payload holds the header back until the payload
// comes. That is safe because net/http always goes on to the body, by ReadFrom or by Write, once it has written a
// header of a request that has one; and a write after the body was touched is never held back.
type conn struct {
	net.Conn
	moved atomic.Int64 // bytes read and written
	heard atomic.Int64 // bytes read
	wrote atomic.Bool  // some of the request that it carries was written

	expected *payload // of the request that the connection carries; nil if it has no body
	head     []byte
}

// expect tells the connection which payload the next request has. It is called before the request is written.
func (c *conn) expect(p *payload) {
	c.expected, c.head = p, c.head[:0]
	c.wrote.Store(false)
}

// Read counts.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.heard.Add(int64(n))
	c.moved.Add(int64(n))
	return n, err
}

// Write counts, and holds back a header.
func (c *conn) Write(b []byte) (int, error) {
	if c.expected != nil && !c.expected.touched.Load() {
		c.head = append(c.head, b...)
		return len(b), nil
	}
	if err := c.flush(); err != nil {
		return 0, err
	}
	return c.writev(nil, b)
}

// writev writes head and b in one system call where the connection can. It returns the bytes of both together.
func (c *conn) writev(head, b []byte) (n int, err error) {
	if len(head) == 0 {
		n, err = c.Conn.Write(b)
	} else {
		var long int64
		buffers := net.Buffers{head, b}
		long, err = buffers.WriteTo(c.Conn)
		n = int(long)
	}
	c.moved.Add(int64(n))
	if n > 0 {
		c.wrote.Store(true)
	}
	return n, err
}

func (c *conn) flush() error {
	if len(c.head) == 0 {
		return nil
	}
	_, err := c.writev(nil, c.head)
	c.head = c.head[:0]
	return err
}

// ReadFrom is what net/http calls with the body, limited to the length of the request.
func (c *conn) ReadFrom(r io.Reader) (int64, error) {
	limited, ok := r.(*io.LimitedReader)
	if !ok {
		return io.Copy(writer{c}, r)
	}
	body, ok := limited.R.(*reader)
	if !ok || limited.N != int64(len(body.payload.data)-body.off) {
		return io.Copy(writer{c}, r)
	}
	n, err := body.payload.send(c, c.head, body.off)
	c.head = c.head[:0]
	body.off += n
	limited.N -= int64(n)
	return int64(n), err
}

// writer hides ReadFrom.
type writer struct{ io.Writer }

// progress returns a number that grows with what has moved for certain: read, or written and acknowledged.
func (c *conn) progress() int64 { return c.moved.Load() - unacknowledged(c.Conn) }

// under returns the conn below what net/http calls its connection, and whether they are the same.
func under(c net.Conn) (found *conn, plain bool) {
	plain = true
	for {
		switch t := c.(type) {
		case *conn:
			return t, plain
		case *tls.Conn:
			c, plain = t.NetConn(), false
		default:
			return nil, false
		}
	}
}
