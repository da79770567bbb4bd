package rehearsal

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Trickle writes an answer slowly, its headers too. It writes them itself, since the server would write them at
// once: the connection is taken over, and ends with the answer. Close it.
type Trickle struct {
	http.ResponseWriter
	r    *http.Request
	rate int
	quit <-chan struct{}
	conn net.Conn // nil before the status
}

// NewTrickle returns a writer of the answer to r, at rate bytes a second. When quit is closed it is cut.
func NewTrickle(w http.ResponseWriter, r *http.Request, rate int, quit <-chan struct{}) *Trickle {
	return &Trickle{ResponseWriter: w, r: r, rate: rate, quit: quit}
}

// WriteHeader writes the status and the headers. What is left of the request's body is read before, for its sender
// has to see the answer, and it cannot be read later.
func (t *Trickle) WriteHeader(status int) {
	if t.conn != nil {
		return
	}
	Drain(t.r)
	t.conn = takeOver(t.ResponseWriter)
	_, _ = t.send(head(status, t.Header()))
}

// Write writes some of the body.
func (t *Trickle) Write(p []byte) (int, error) {
	t.WriteHeader(http.StatusOK)
	if t.r.Method == http.MethodHead {
		return len(p), nil
	}
	return t.send(p)
}

// Close ends the answer.
func (t *Trickle) Close() {
	t.WriteHeader(http.StatusOK)
	_ = t.conn.Close()
}

// Hijack hands on the connection, which is taken over already, or takes it over.
func (t *Trickle) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if t.conn != nil {
		return t.conn, nil, nil
	}
	return http.NewResponseController(t.ResponseWriter).Hijack()
}

// head returns the answer's beginning. Its body ends with the connection, if its length is not stated.
func head(status int, header http.Header) []byte {
	header = header.Clone()
	header.Set("Connection", "close")
	if header.Get("Date") == "" {
		header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	_ = header.Write(&b) // a buffer takes all
	b.WriteString("\r\n")
	return b.Bytes()
}

// send writes at most ten times a second, and at least a byte.
func (t *Trickle) send(p []byte) (sent int, err error) {
	once := max(t.rate/10, 1)
	for sent < len(p) && err == nil {
		n := min(once, len(p)-sent)
		Pause(t.r.Context(), time.Duration(n)*time.Second/time.Duration(t.rate), t.quit)
		select {
		case <-t.quit:
			return sent, http.ErrServerClosed
		default:
		}
		n, err = t.conn.Write(p[sent : sent+n])
		sent += n
	}
	return sent, err
}
