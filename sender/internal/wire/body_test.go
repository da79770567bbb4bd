package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// TestEarlyAnswerFreesTheBody overwrites the body as soon as Do returns; the race detector finds a reader that stays.
func TestEarlyAnswerFreesTheBody(t *testing.T) {
	t.Parallel()
	refuse := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		drain(io.LimitReader(r.Body, 100<<10))
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusForbidden)
	})
	for _, secure := range []bool{false, true} {
		t.Run(fmt.Sprintf("tls=%v", secure), func(t *testing.T) {
			srv, c := start(t, refuse, secure)
			body := make([]byte, 8<<20)
			for range 20 {
				answer, err := c.Do(t.Context(), put(srv, body))
				clear(body)
				if err == nil && answer.Status != http.StatusForbidden {
					t.Fatalf("got status %d", answer.Status)
				}
			}
		})
	}
}

// start runs a handler on a loopback port, and returns its URL and a client that trusts it.
func start(t *testing.T, h http.Handler, secure bool) (*url.URL, *Client) {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = quiet
	c := client(t, Options{})
	if secure {
		srv.StartTLS()
		c.dialer.tls.RootCAs = srv.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	u, err := url.Parse(srv.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	return u, c
}

func TestCancelInTheBodyFreesIt(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		t.Run(fmt.Sprintf("tls=%v", secure), func(t *testing.T) {
			t.Parallel()
			h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				drain(io.LimitReader(r.Body, 1<<20))
				time.Sleep(300 * time.Millisecond)
			})
			u, c := start(t, h, secure)
			body := make([]byte, 64<<20)
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			begun := time.Now()
			_, err := c.Do(ctx, put(u, body))
			clear(body)
			failed(t, err, sender.TryAgain, true)
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) > 3*time.Second {
				t.Fatalf("after %v: %v", time.Since(begun), err)
			}
		})
	}
}

// TestBodiesArriveWholeOverOneConnection sends sizes around the buffers' edges.
func TestBodiesArriveWholeOverOneConnection(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		t.Run(fmt.Sprintf("tls=%v", secure), func(t *testing.T) {
			var connections atomic.Int64
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("User-Agent") != "ingest" || len(r.TransferEncoding) > 0 {
					w.WriteHeader(http.StatusTeapot)
				}
				echo(w, r)
			})
			u, c := start(t, h, secure)
			dial := c.dialer.tcp
			c.dialer.tcp = func(ctx context.Context, n, a string) (net.Conn, error) {
				connections.Add(1)
				return dial(ctx, n, a)
			}
			for i, n := range []int{0, 1, 511, 4096, 64<<10 - 1, 64 << 10, 64<<10 + 1, chunk, chunk + 1, 5 << 20} {
				body := bytes.Repeat([]byte{byte('a' + i)}, n)
				answer, err := c.Do(t.Context(), put(u, body))
				if err != nil {
					t.Fatal(err)
				}
				if answer.Status != 200 || !bytes.Equal(answer.Body, body) {
					t.Fatalf("%d bytes: got status %d, %d bytes", n, answer.Status, len(answer.Body))
				}
			}
			if connections.Load() != 1 {
				t.Fatalf("%d connections", connections.Load())
			}
		})
	}
}

// TestHeaderAndBodyLeaveTogether reads once: what was written by one system call is there at once.
func TestHeaderAndBodyLeaveTogether(t *testing.T) {
	first := make(chan string, 1)
	u := serve(t, func(c *net.TCPConn) {
		b := make([]byte, 64<<10)
		n, _ := c.Read(b)
		first <- string(b[:n])
		say(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	})
	body := bytes.Repeat([]byte("x"), 1000)
	if _, err := client(t, Options{}).Do(t.Context(), put(u, body)); err != nil {
		t.Fatal(err)
	}
	if got := <-first; !strings.HasPrefix(got, "PUT / HTTP/1.1\r\n") || !strings.HasSuffix(got, "\r\n\r\n"+string(body)) {
		t.Errorf("first came %q", got)
	}
}

func echo(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
	}
	say(w, string(b))
}

func TestManySendersShareAClient(t *testing.T) {
	t.Parallel()
	u, c := start(t, http.HandlerFunc(echo), false)
	var senders sync.WaitGroup
	for i := range 16 {
		senders.Go(func() {
			body := bytes.Repeat([]byte{byte(i)}, 100_000)
			for range 20 {
				answer, err := c.Do(t.Context(), put(u, body))
				if err != nil || !bytes.Equal(answer.Body, body) {
					t.Errorf("sender %d: %v", i, err)
				}
			}
		})
	}
	senders.Wait()
}

// One request after the other to a server in this process, whose cost is in the figures: compare before and after.
// The law: few allocations a request, however large its body.
func BenchmarkDo(b *testing.B) {
	for _, n := range []int{0, 16 << 10, 16 << 20} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				drain(r.Body)
			}))
			defer srv.Close()
			u, _ := url.Parse(srv.URL)
			c, _ := NewClient(Options{})
			defer c.Close()
			body := make([]byte, n)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Do(b.Context(), put(u, body)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
