package rehearsal

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Held is a connection's way to answer, which knows whether the connection was taken over. Its zero value is of no
// use.
type Held struct {
	http.ResponseWriter
	Taken bool // nothing more may be read from the request, or written
}

// Hijack takes the connection over.
func (h *Held) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	h.Taken = true
	return http.NewResponseController(h.ResponseWriter).Hijack()
}

// Unwrap lets http.ResponseController find what the server offers besides.
func (h *Held) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// Pause waits for d, or less if the context or the server ends.
func Pause(ctx context.Context, d time.Duration, quit <-chan struct{}) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-quit:
	}
}

// Reset breaks the connection with a TCP reset. What was written and is still on its way may be lost.
func Reset(w http.ResponseWriter) { reset(takeOver(w)) }

func takeOver(w http.ResponseWriter) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return conn
}

func reset(conn net.Conn) {
	if secure, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = secure.NetConn() // TLS would say goodbye
	}
	if tcp, ok := conn.(interface{ SetLinger(seconds int) error }); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

const (
	// unnoticed is how much is read of a stalled request: what the network has taken already, so that the client
	// sees no progress. Behind it, an end that the client made can be seen.
	unnoticed = 64 << 10
	// hope is how long the end of a client is not looked for when there is more to read than that. It outlasts what
	// clients wait.
	hope = 5 * time.Minute
)

// Stall holds the connection, and neither reads nor answers, until the client goes away or quit is closed.
func Stall(ctx context.Context, w http.ResponseWriter, quit <-chan struct{}) {
	conn := takeOver(w)
	gone := make(chan struct{})
	var closing sync.WaitGroup
	defer closing.Wait()
	defer close(gone)
	closing.Go(func() {
		select {
		case <-gone:
		case <-quit:
		}
		_ = conn.Close()
	})
	if _, err := io.CopyN(io.Discard, conn, unnoticed); err != nil {
		return
	}
	Pause(ctx, hope, quit)
	_, _ = io.Copy(io.Discard, conn)
}
