package wire

import (
	"net"
	"sync/atomic"
)

// counter is a connection that counts what it moves.
type counter struct {
	net.Conn
	moved atomic.Int64 // bytes read and written

	pieces [2][]byte   // what is written at once, and
	list   net.Buffers // the list of it, which would have to be allocated each time
}

// Read counts.
func (c *counter) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.moved.Add(int64(n))
	return n, err
}

// Write counts.
func (c *counter) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.moved.Add(int64(n))
	return n, err
}

// writev writes both in one system call where the connection can. It returns the bytes of both together.
func (c *counter) writev(head, body []byte) (int, error) {
	c.pieces = [...][]byte{head, body}
	c.list = c.pieces[:]
	n, err := c.list.WriteTo(c.Conn)
	c.pieces = [2][]byte{} // the caller's again
	c.moved.Add(n)
	return int(n), err
}

// progress returns a number that grows with what has moved for certain: read, or written and acknowledged.
func (c *counter) progress() int64 { return c.moved.Load() - unacknowledged(c.Conn) }
