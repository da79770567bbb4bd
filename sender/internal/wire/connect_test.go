package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

func TestHandshakeThatStallsEndsInTime(t *testing.T) {
	t.Parallel()
	u := serve(t, func(c *net.TCPConn) { drain(c) })
	u.Scheme = "https"
	c := client(t, Options{Timeouts: Timeouts{TLS: 100 * time.Millisecond}})
	_, err := ended(t, c, put(u, []byte("abc")), 5*time.Second)
	failed(t, err, sender.TryAgain, false)
	unreachable(t, err, true)
}

// broken is a connection whose writes fail before a byte has left, while its reads do not know yet.
type broken struct {
	net.Conn
	now *atomic.Bool
}

func (b broken) Write(p []byte) (int, error) {
	if b.now.Load() {
		return 0, net.ErrClosed
	}
	return b.Conn.Write(p)
}

// TestStaleConnectionOfAStoreThatIsGoneEnds: what replaces the kept connection cannot be dialed, and is dialed once
// or twice, not until the watch ends it.
func TestStaleConnectionOfAStoreThatIsGoneEnds(t *testing.T) {
	t.Parallel()
	s := counting(t, false)
	s.client.timeouts.Stall = time.Second
	var gone atomic.Bool
	var dials atomic.Int64
	dial := s.client.dialer.tcp
	s.client.dialer.tcp = func(ctx context.Context, network, address string) (net.Conn, error) {
		dials.Add(1)
		if gone.Load() {
			return nil, errors.New("refused")
		}
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return broken{c, &gone}, nil
	}
	if _, err := ended(t, s.client, put(s.URL, []byte("abc")), 5*time.Second); err != nil {
		t.Fatal(err)
	}
	gone.Store(true)
	_, err := ended(t, s.client, put(s.URL, []byte("abc")), 5*time.Second)
	failed(t, err, sender.TryAgain, false)
	unreachable(t, err, true)
	if dials.Load() > 3 {
		t.Errorf("dialed %d times", dials.Load())
	}
}

// TestProxyThatNeverConnectsEndsInTime, whatever it does instead.
func TestProxyThatNeverConnectsEndsInTime(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(c net.Conn){
		"silent":         func(c net.Conn) { drain(c) },
		"endless header": func(c net.Conn) { say(c, "HTTP/1.1 200 OK\r\n"); flood(c, "X: y\r\n") },
		"trickle": func(c net.Conn) {
			for {
				if _, err := io.WriteString(c, "H"); err != nil {
					return
				}
				time.Sleep(5 * time.Millisecond)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			open := make(chan net.Conn, 10)
			u := serve(t, func(c *net.TCPConn) { open <- c; hear(c); answer(c) })
			c := client(t, Options{Timeouts: quick})
			c.router.proxy = http.ProxyURL(u)
			_, err := ended(t, c, put(&url.URL{Scheme: "https", Host: "store.invalid", Path: "/"}, []byte("abc")), 5*time.Second)
			failed(t, err, sender.TryAgain, false)
			unreachable(t, err, true)
			(<-open).Close()
		})
	}
}

func TestProxyThatRefusesStopsTheRun(t *testing.T) {
	t.Parallel()
	u := script(t, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
	c := client(t, Options{})
	c.router.proxy = http.ProxyURL(u)
	_, err := ended(t, c, put(&url.URL{Scheme: "https", Host: "store.invalid", Path: "/"}, []byte("abc")), 5*time.Second)
	if failed(t, err, sender.StopRun, false) == "" {
		t.Errorf("no hint: %v", err)
	}
}

// A proxy that is asked in the clear may repeat in its page what it was told.
func TestPageOfARefusingProxyIsNoAnswer(t *testing.T) {
	t.Parallel()
	u := script(t, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 6\r\n\r\nsecret")
	c := client(t, Options{})
	c.router.proxy = http.ProxyURL(u)
	_, err := ended(t, c, put(&url.URL{Scheme: "http", Host: "store.invalid", Path: "/"}, []byte("abc")), 5*time.Second)
	failed(t, err, sender.StopRun, false)
	if strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}

// TestResolverThatNeverAnswersEndsInTime: the dial's time includes the lookup.
func TestResolverThatNeverAnswersEndsInTime(t *testing.T) {
	before := net.DefaultResolver
	defer func() { net.DefaultResolver = before }()
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	c := client(t, Options{Timeouts: Timeouts{Dial: 100 * time.Millisecond}})
	_, err := ended(t, c, put(&url.URL{Scheme: "http", Host: "store.example.com", Path: "/"}, []byte("abc")), 5*time.Second)
	failed(t, err, sender.TryAgain, false)
	unreachable(t, err, true)
}
