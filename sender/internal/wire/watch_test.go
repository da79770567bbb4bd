package wire

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// A link's timer goes on from one exchange to the next: each must be watched as the first one is, also the one that
// begins after the timer found nothing to watch and was not set again.
func TestLaterExchangesOfALinkAreWatchedToo(t *testing.T) {
	t.Parallel()
	const good = 3
	u := serve(t, func(c *net.TCPConn) {
		in := bufio.NewReader(c)
		for range good {
			r, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			drain(r.Body)
			say(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
		drain(in) // and no word more
	})
	c := client(t, Options{Timeouts: quick})
	for range good {
		if _, err := ended(t, c, put(u, []byte("abc")), 5*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	l := c.pool.idle[0]
	for deadline := time.Now().Add(5 * time.Second); l.dog.winding(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the timer of an idle link goes on")
		}
	}
	_, err := ended(t, c, put(u, []byte("abc")), 5*time.Second)
	failed(t, err, sender.TryAgain, true)
	if !errors.Is(err, errStalled) {
		t.Errorf("got %v", err)
	}
}

func (w *watchdog) winding() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.set
}
