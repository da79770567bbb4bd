package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// early answers as soon as it has the header, reads nothing of the body, and keeps the connection.
func early(t *testing.T, secure bool, status string) (*url.URL, *Client) {
	if !secure {
		return serve(t, func(c *net.TCPConn) {
			_, _ = c.Read(make([]byte, 10))
			say(c, "HTTP/1.1 "+status+"\r\nContent-Length: 2\r\n\r\nok")
			time.Sleep(300 * time.Millisecond)
		}), client(t, Options{})
	}
	return start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bare, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer bare.Close()
		say(bare, "HTTP/1.1 "+status+"\r\nContent-Length: 2\r\n\r\nok")
		time.Sleep(300 * time.Millisecond)
	}), secure)
}

// TestSuccessBeforeTheWholeRequestIsNone: it proves nothing about bytes that the store has not read. A refusal is an
// answer at any time.
func TestSuccessBeforeTheWholeRequestIsNone(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		t.Run(fmt.Sprintf("tls=%v", secure), func(t *testing.T) {
			t.Parallel()
			u, c := early(t, secure, "200 OK")
			_, err := ended(t, c, put(u, make([]byte, 64<<20)), 5*time.Second)
			failed(t, err, sender.TryAgain, true)
			if !errors.Is(err, errEarly) {
				t.Errorf("got %v", err)
			}
			for _, status := range []string{"403 Forbidden", "503 Slow Down", "307 Elsewhere"} {
				u, c := early(t, secure, status)
				a, err := ended(t, c, put(u, make([]byte, 64<<20)), 5*time.Second)
				if err != nil || fmt.Sprint(a.Status) != status[:3] || string(a.Body) != "ok" {
					t.Errorf("%s: got %v, %v", status, a, err)
				}
			}
		})
	}
}

// TestSuccessWhileTheLastWriteHangsIsNone: the store takes all but the end of the last write.
func TestSuccessWhileTheLastWriteHangsIsNone(t *testing.T) {
	t.Parallel()
	c := client(t, Options{})
	answered := make(chan struct{})
	u := serve(t, func(c *net.TCPConn) {
		_, _ = c.Read(make([]byte, 10))
		say(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		<-answered
	})
	dial := c.dialer.tcp
	c.dialer.tcp = func(ctx context.Context, network, address string) (net.Conn, error) {
		got, err := dial(ctx, network, address)
		if err == nil {
			_ = got.(*net.TCPConn).SetWriteBuffer(16 << 10)
		}
		return got, err
	}
	_, err := ended(t, c, put(u, make([]byte, chunk)), lag+3*time.Second)
	close(answered)
	if err != nil {
		failed(t, err, sender.TryAgain, true)
	}
	if !errors.Is(err, errEarly) {
		t.Skipf("this kernel took the whole of it: %v", err)
	}
}

// TestSuccessBeforeTheLastWriteBeganIsNone, though all is written by the time that somebody asks.
func TestSuccessBeforeTheLastWriteBeganIsNone(t *testing.T) {
	local, remote := net.Pipe()
	defer remote.Close()
	for _, begun := range []bool{false, true} {
		l := newLink(local, &counter{Conn: local}, route{})
		l.last.Store(begun)
		written := make(chan error)
		var writer sync.WaitGroup
		writer.Go(func() {
			time.Sleep(10 * time.Millisecond)
			written <- nil
		})
		if err := l.await(&Response{Status: 201}, written); errors.Is(err, errEarly) == begun {
			t.Errorf("begun %v: %v", begun, err)
		}
		writer.Wait()
	}
}

// TestSuccessAtTheLastByteIsOne answers as soon as the last byte is there: the writer may not know yet that it is
// done.
func TestSuccessAtTheLastByteIsOne(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		t.Run(fmt.Sprintf("tls=%v", secure), func(t *testing.T) {
			s := counting(t, secure)
			for i := range 200 {
				n := []int{1, 1000, 100_000, chunk + 1}[i%4]
				if _, err := ended(t, s.client, put(s.URL, make([]byte, n)), 10*time.Second); err != nil {
					t.Fatalf("%d bytes: %v", n, err)
				}
			}
		})
	}
}
