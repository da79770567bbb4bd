package wire

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/ingest-dev/ingest/sender"
)

// The connection was kept, and the store closes it when it has the whole of the next request: it may have done what it
// was asked, so that whoever asked must look before anything is sent again.
func TestRequestThatWasHeardOverAKeptConnectionIsNotRepeated(t *testing.T) {
	for _, size := range []int{1000, 2 * inline} {
		var heard atomic.Int64
		u := serve(t, func(c *net.TCPConn) {
			in := bufio.NewReader(c)
			for {
				r, err := http.ReadRequest(in)
				if err != nil {
					return
				}
				drain(r.Body)
				if heard.Add(1) > 1 {
					return
				}
				say(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			}
		})
		c := client(t, Options{})
		if _, err := c.Do(t.Context(), put(u, make([]byte, size))); err != nil {
			t.Fatal(err)
		}
		_, err := c.Do(t.Context(), put(u, make([]byte, size)))
		failed(t, err, sender.TryAgain, true)
		if n := heard.Load(); n != 2 {
			t.Errorf("%d requests of %d bytes were heard, want 2", n, size)
		}
	}
}

// deaf is a connection that takes nothing.
type deaf struct{ net.Conn }

func (deaf) Write([]byte) (int, error) { return 0, errors.New("deaf") }

// A kept connection may have been closed meanwhile. A new one that takes nothing is no better the next time.
func TestRequestThatANewConnectionDoesNotTakeIsNotRepeated(t *testing.T) {
	u := serve(t, func(c *net.TCPConn) { drain(c) })
	c := client(t, Options{})
	dials, dial := 0, c.dialer.tcp
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c.dialer.tcp = func(ctx context.Context, network, address string) (net.Conn, error) {
		if dials++; dials > 5 {
			cancel()
		}
		conn, err := dial(ctx, network, address)
		return deaf{conn}, err
	}
	_, err := c.Do(ctx, put(u, make([]byte, 1000)))
	failed(t, err, sender.TryAgain, false)
	if unreachable(t, err, true); dials != 1 {
		t.Errorf("%d connections", dials)
	}
}
