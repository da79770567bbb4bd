package wire

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// silent returns the host and port of a listener that takes every connection, and calls talk on it. All is closed when
// the test ends.
func silent(t *testing.T, talk func(c net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			stop := context.AfterFunc(ctx, func() { _ = c.Close() })
			running.Go(func() {
				defer stop()
				defer c.Close()
				talk(c)
			})
		}
	})
	t.Cleanup(func() {
		cancel()
		_ = l.Close()
		running.Wait()
	})
	return l.Addr().String()
}

// Nobody else ends these: the watch begins with the request, when there is a connection.
func TestEveryStepToAConnectionEndsInTime(t *testing.T) {
	brief := Timeouts{Dial: time.Second, TLS: 50 * time.Millisecond}
	for name, scheme := range map[string]string{"handshake": "", "tunnel": "http", "tunnel under TLS": "https", "SOCKS": "socks5"} {
		t.Run(name, func(t *testing.T) {
			c := client(t, Options{Timeouts: brief})
			to := &url.URL{Scheme: "https", Host: silent(t, func(c net.Conn) { drain(c) }), Path: "/"}
			if scheme != "" {
				c.router.proxy = http.ProxyURL(&url.URL{Scheme: scheme, Host: to.Host})
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			began := time.Now()
			_, err := c.Do(ctx, put(to, []byte("abc")))
			failed(t, err, sender.TryAgain, false)
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("ended by whoever waited, after %v: %v", took, err)
			}
		})
	}
}

func TestAnswerOfAProxyHasABound(t *testing.T) {
	var said atomic.Int64
	proxy := silent(t, func(c net.Conn) {
		line := []byte("X: " + strings.Repeat("y", 4<<10) + "\r\n")
		for _, err := c.Write([]byte("HTTP/1.1 200 OK\r\n")); err == nil; _, err = c.Write(line) {
			said.Add(int64(len(line)))
		}
	})
	c := client(t, Options{Timeouts: Timeouts{TLS: time.Second}})
	c.router.proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: proxy})
	_, err := c.Do(t.Context(), put(&url.URL{Scheme: "https", Host: "store.invalid", Path: "/"}, []byte("abc")))
	failed(t, err, sender.TryAgain, false)
	if n := said.Load(); n > 16<<20 { // what the sockets hold
		t.Errorf("%d bytes of a header were read", n)
	}
}

// A request that moves is not silent, and ends all the same.
func TestExchangeEndsInItsTimeThoughItMoves(t *testing.T) {
	here, there := net.Pipe()
	defer here.Close()
	defer there.Close()
	below := &counter{Conn: here}
	now := time.Now()
	w := &watchdog{
		exchange: &exchange{link: &link{below: below}}, silence: time.Hour, least: 1, since: now, end: now.Add(time.Minute),
	}
	for after, want := range map[time.Duration]error{59 * time.Second: nil, 61 * time.Second: errTooSlow} {
		below.moved.Add(1)
		if err := w.judge(now.Add(after)); !errors.Is(err, want) {
			t.Errorf("after %v: %v, want %v", after, err, want)
		}
	}
}

// The answer makes no sense, and whoever gave it takes no more of the request: nothing is left to wait for.
func TestWritingEndsWithTheReading(t *testing.T) {
	over := make(chan struct{})
	u := serve(t, func(c *net.TCPConn) {
		_, _ = c.Read(make([]byte, 1)) // until then nothing was sent
		say(c, "nonsense\r\n\r\n")
		<-over
	})
	defer close(over)
	began := time.Now()
	_, err := client(t, Options{Timeouts: Timeouts{Stall: 4 * time.Second}}).Do(t.Context(), put(u, make([]byte, 64<<20)))
	failed(t, err, sender.TryAgain, true)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("after %v: %v", took, err)
	}
}

func TestCancelEndsWhatNobodyAnswers(t *testing.T) {
	for _, scheme := range []string{"http", "https"} {
		to := &url.URL{Scheme: scheme, Host: silent(t, func(c net.Conn) { drain(c) }), Path: "/"}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err := client(t, Options{Timeouts: Timeouts{Stall: 8 * time.Second, TLS: 8 * time.Second}}).Do(ctx, put(to, []byte("abc")))
		if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took > 4*time.Second {
			t.Errorf("%s: %v after %v", scheme, err, took)
		}
	}
}
