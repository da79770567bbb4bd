// Package faultproxy is a TCP proxy that spoils connections on purpose. It stands between a client and a store in
// tests, knows nothing of what it carries, and does to each connection what the test says:
//
//	p, err := faultproxy.New(server.Listener.Addr().String())
//	p.Plan(func(n int) faultproxy.Fault {
//		if n == 1 {
//			return faultproxy.Fault{ResetUp: 1000} // RST once 1,000 bytes have reached the store
//		}
//		return faultproxy.Fault{}
//	})
//
// Its laws:
//
//   - It counts exactly: a fault after k bytes strikes when the other side has k bytes, not one more or less.
//   - What it does not spoil it passes on as it is: bytes, a FIN as a FIN, a reset as a reset.
//   - When [Proxy.Close] returns, nothing of it is left: no goroutine, no descriptor.
//
// A direction is one goroutine that reads, waits and writes:
//
//	client --up--> [latency, rate, slice, ending] --> target
//	client <------ [latency, rate, slice, ending] <--down-- target
package faultproxy

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// Proxy listens on a loopback port and passes what it gets on to a target. It may be used from many goroutines at
// once.
type Proxy struct {
	target   string
	listener *net.TCPListener
	cancel   context.CancelFunc
	running  sync.WaitGroup

	mu     sync.Mutex
	plan   func(n int) Fault
	down   bool
	closed bool
	count  int64
	live   map[*connection]struct{}
}

// New starts a proxy for a target, "host:port", on a port of its own. The target need not be there yet.
func New(target string) (*Proxy, error) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	if err := narrow(l); err != nil {
		_ = l.Close()
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background()) // it lives from New to Close, as the proxy does
	p := &Proxy{target: target, listener: l, cancel: cancel, live: map[*connection]struct{}{}}
	p.running.Go(func() { p.accept(ctx) })
	return p, nil
}

// Addr returns where the proxy listens, as "127.0.0.1:port".
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// URL returns the address as an http URL, without a slash at its end.
func (p *Proxy) URL() string { return "http://" + p.Addr() }

// Plan sets what happens to connections that come from now on: f gets their number, from 1 and counted since New, and
// is called by one goroutine at a time. It must not call the proxy. With nil nothing happens to them.
func (p *Proxy) Plan(f func(n int) Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan = f
}

// Down cuts the network, or mends it. While it is cut the proxy resets what comes at once; what is there when it is
// cut is reset before Down returns.
func (p *Proxy) Down(d bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = d
	if d {
		p.resetAll()
	}
}

// Connections returns how many connections have come so far, refused or not.
func (p *Proxy) Connections() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count
}

// Close resets all connections and waits until nothing of the proxy runs. A second Close does nothing.
func (p *Proxy) Close() error {
	p.cancel()
	err := p.listener.Close()
	p.mu.Lock()
	p.closed = true
	p.resetAll()
	p.mu.Unlock()
	p.running.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (p *Proxy) resetAll() {
	for c := range p.live {
		c.reset()
	}
}

func (p *Proxy) accept(ctx context.Context) {
	for {
		client, err := p.listener.AcceptTCP()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) && sleep(ctx, 10*time.Millisecond) {
				continue // out of descriptors, or a client that is gone again
			}
			return
		}
		p.take(ctx, client)
	}
}

// take decides what happens to a connection, and lets it run.
func (p *Proxy) take(ctx context.Context, client *net.TCPConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	var f Fault
	if p.plan != nil {
		f = p.plan(int(p.count))
	}
	if f.Refuse || p.down || p.closed {
		drop(client)
		return
	}
	c := newConnection(ctx, client, f)
	p.live[c] = struct{}{}
	p.running.Go(func() {
		c.run(p.target)
		p.forget(c)
	})
}

func (p *Proxy) forget(c *connection) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.live, c)
}

// drop resets a connection: a close that does not linger is an RST.
func drop(c *net.TCPConn) {
	_ = c.SetLinger(0) // fails only if it is closed already
	_ = c.Close()
}
