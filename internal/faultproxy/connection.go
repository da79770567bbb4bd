package faultproxy

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

const (
	block = 32 << 10 // bytes a read at most

	// intake is what the kernel may take in for us: with the megabytes that it takes otherwise, a request would
	// cross the slowest line at once, and a stall would not be felt.
	intake = 32 << 10

	// patience is how long what was written may take to arrive before a reset goes after it. Only a side that
	// does not read takes so long.
	patience = time.Second
)

// connection is one client's, and the one to the target that goes with it.
type connection struct {
	ctx    context.Context // ends with the connection
	cancel context.CancelFunc
	fault  Fault

	mu     sync.Mutex
	ends   []*net.TCPConn // that a reset drops
	broken bool
}

func newConnection(ctx context.Context, client *net.TCPConn, f Fault) *connection {
	c := &connection{fault: f, ends: []*net.TCPConn{client}}
	c.ctx, c.cancel = context.WithCancel(ctx)
	return c
}

// run passes bytes on until both directions have ended.
func (c *connection) run(target string) {
	defer c.close()
	client := c.ends[0]
	server, err := c.dial(target)
	if err != nil {
		c.reset()
		return
	}
	var up sync.WaitGroup
	up.Go(func() { c.direction(client, server, 0, c.fault.up()).run() })
	c.direction(server, client, 1, c.fault.down()).run()
	up.Wait()
}

func (c *connection) dial(target string) (*net.TCPConn, error) {
	var d net.Dialer
	conn, err := d.DialContext(c.ctx, "tcp", target)
	if err != nil {
		return nil, err
	}
	server := conn.(*net.TCPConn)
	_ = server.SetReadBuffer(intake) // without it a stall is only felt later
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken {
		drop(server)
		return nil, net.ErrClosed
	}
	c.ends = append(c.ends, server)
	return server, nil
}

// reset drops both sides, so that whatever waits in a direction ends.
func (c *connection) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.broken = true
	c.cancel()
	for _, end := range c.ends {
		drop(end)
	}
}

// close ends in peace what was not reset.
func (c *connection) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel()
	for _, end := range c.ends {
		_ = end.Close() // the other side has been told already
	}
}

// direction is one way of a connection.
type direction struct {
	*connection
	from, to *net.TCPConn
	ending   ending
	own      *pace
	shared   *pace
	passed   int64
}

func (c *connection) direction(from, to *net.TCPConn, way int, e ending) *direction {
	d := &direction{connection: c, from: from, to: to, ending: e, own: &pace{rate: c.fault.Rate}}
	if c.fault.Link != nil {
		d.shared = &c.fault.Link.way[way]
	}
	return d
}

// run passes bytes on until they end or the direction's ending comes.
func (d *direction) run() {
	buffer := make([]byte, block)
	for d.passed < max(d.ending.after, 1) {
		n, err := d.from.Read(buffer[:d.room()])
		if n > 0 && d.ending.after == 0 {
			break
		}
		if !d.pass(buffer[:n]) {
			d.reset()
			return
		}
		if err != nil {
			d.over(err)
			return
		}
	}
	d.end()
}

// room is how much may be read: never beyond the ending, so that not a byte too many is taken from the other side.
func (d *direction) room() int {
	n := d.shared.piece(d.own.piece(block))
	if d.ending.after == 0 {
		return n
	}
	return int(min(int64(n), d.ending.after-d.passed))
}

// pass writes b, late and slowly and in slices as the fault says. It returns false if that is not possible any more.
func (d *direction) pass(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	if !sleep(d.ctx, d.fault.Latency) || !d.own.pass(d.ctx, len(b)) || !d.shared.pass(d.ctx, len(b)) {
		return false
	}
	for len(b) > 0 {
		n, err := d.to.Write(b[:d.slice(len(b))])
		d.passed += int64(n)
		if err != nil {
			return false
		}
		b = b[n:]
	}
	return true
}

func (d *direction) slice(n int) int {
	if s := d.fault.Slice; s > 0 {
		return min(s, n)
	}
	return n
}

// over passes on what ended the reading: a FIN as a FIN, anything else as a reset.
func (d *direction) over(err error) {
	if !errors.Is(err, io.EOF) || d.to.CloseWrite() != nil {
		d.reset()
	}
}

// end does what the fault says.
func (d *direction) end() {
	switch d.ending.how {
	case byReset:
		d.arrive()
		d.reset()
	case byClose:
		_ = d.to.CloseWrite() // fails only if the other side has reset it
	case byStall:
		<-d.ctx.Done()
	}
}

// arrive waits until the other side has what was written: a reset throws away what is still on its way.
func (d *direction) arrive() {
	for end := time.Now().Add(patience); unacknowledged(d.to) > 0 && time.Now().Before(end); {
		if !sleep(d.ctx, time.Millisecond) {
			return
		}
	}
}
