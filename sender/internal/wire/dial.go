package wire

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/proxy"
)

// nearby is the longest round trip, in microseconds, of a peer in the same data centre.
const nearby = 1000

// dialer opens connections. Each of its steps has a time of its own: a connection, a tunnel, a handshake.
type dialer struct {
	tcp      func(ctx context.Context, network, address string) (net.Conn, error)
	tls      *tls.Config
	timeouts Timeouts
}

// newDialer returns one whose keep-alive probes find a peer that vanished while we wait for its answer, within a
// minute.
func newDialer(t Timeouts, config *tls.Config) *dialer {
	d := net.Dialer{
		Timeout: t.Dial,
		KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: 15 * time.Second, Interval: 15 * time.Second, Count: 3,
		},
	}
	return &dialer{tcp: d.DialContext, tls: config, timeouts: t}
}

// link opens one on the way to the store, through the proxy if there is one.
func (d *dialer) link(ctx context.Context, to *way) (*link, error) {
	r, via := to.route, to.proxy
	below, err := d.connect(ctx, r.host, via)
	if err != nil {
		return nil, err
	}
	var c net.Conn = below
	if via != nil && via.Scheme == "https" {
		c, err = d.handshake(ctx, c, hostPort(via))
	}
	if err == nil && via != nil && r.secure && !isSOCKS(via) {
		err = d.tunnel(ctx, c, r.host, via)
	}
	if err == nil && r.secure {
		c, err = d.handshake(ctx, c, r.host)
	}
	if err != nil {
		_ = below.Close() // why it failed is known
		return nil, err
	}
	if !r.secure {
		shorten(below.Conn, nearby)
	}
	return newLink(c, below, r), nil
}

func (d *dialer) connect(ctx context.Context, host string, via *url.URL) (*counter, error) {
	if via != nil && isSOCKS(via) {
		return d.socks(ctx, host, via)
	}
	if via != nil {
		host = hostPort(via)
	}
	c, err := d.tcp(ctx, "tcp", host)
	if err != nil {
		return nil, err
	}
	return &counter{Conn: c}, nil
}

// socks connects through a SOCKS5 proxy, which resolves the store's name.
func (d *dialer) socks(ctx context.Context, host string, via *url.URL) (*counter, error) {
	var auth *proxy.Auth
	if via.User != nil {
		password, _ := via.User.Password()
		auth = &proxy.Auth{User: via.User.Username(), Password: password}
	}
	s, err := proxy.SOCKS5("tcp", hostPort(via), auth, contextDialer(d.tcp))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, d.timeouts.Dial+d.timeouts.TLS)
	defer cancel()
	c, err := s.(proxy.ContextDialer).DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, err
	}
	return &counter{Conn: c}, nil
}

// contextDialer lets package proxy dial as we do.
type contextDialer func(ctx context.Context, network, address string) (net.Conn, error)

func (f contextDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return f(ctx, network, address)
}

func (f contextDialer) Dial(string, string) (net.Conn, error) {
	return nil, errors.New("only dialled with a context")
}

// handshakeError is why TLS did not come about.
type handshakeError struct{ err error }

func (e *handshakeError) Error() string { return e.err.Error() }

func (e *handshakeError) Unwrap() error { return e.err }

func (d *dialer) handshake(ctx context.Context, c net.Conn, host string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeouts.TLS)
	defer cancel()
	config := d.tls.Clone()
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	config.ServerName = host
	secure := newSealed(c, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, &handshakeError{err}
	}
	return secure, nil
}

// proxyRefusal is a proxy's answer to CONNECT that is not 200.
type proxyRefusal struct{ status int }

func (e *proxyRefusal) Error() string {
	return fmt.Sprintf("the proxy refuses to connect: %d %s", e.status, http.StatusText(e.status))
}

// tunnel asks a proxy for a connection to the store. It takes as long as a handshake at most.
func (d *dialer) tunnel(ctx context.Context, c net.Conn, host string, via *url.URL) error {
	_ = c.SetDeadline(time.Now().Add(d.timeouts.TLS)) // fails only on a closed connection, as does all that follows
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(longAgo) })
	defer stop()
	head := "CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\n"
	if a := proxyAuthorization(via); a != "" {
		head += "Proxy-Authorization: " + a + "\r\n"
	}
	if _, err := io.WriteString(c, head+"\r\n"); err != nil {
		return err
	}
	// A byte at a time, so that none of the tunnel's is taken; the store speaks second anyway.
	in := bufio.NewReaderSize(io.LimitReader(c, maxHeader), 16)
	answer, err := http.ReadResponse(in, &http.Request{Method: http.MethodConnect}) //nolint:bodyclose // what follows is the tunnel
	if err != nil {
		return truncated(err)
	}
	if answer.StatusCode != http.StatusOK {
		return &proxyRefusal{answer.StatusCode}
	}
	if !stop() {
		return context.Cause(ctx)
	}
	return c.SetDeadline(time.Time{})
}
