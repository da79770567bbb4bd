package differential

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// tally stands in front of the store and counts what the clients send it.
type tally struct {
	next http.Handler

	mu     sync.Mutex
	bytes  int64 // of the bodies of parts and objects, whatever became of them
	stored int   // parts that were answered with 200
	active int   // requests
}

func (y *tally) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	y.begin(1)
	defer y.begin(-1)
	if r.Method != http.MethodPut {
		y.next.ServeHTTP(w, r)
		return
	}
	r.Body = &counted{r.Body, y}
	answer := &statusWriter{ResponseWriter: w, status: http.StatusOK}
	y.next.ServeHTTP(answer, r)
	if r.URL.Query().Has("partNumber") && answer.status == http.StatusOK {
		y.mu.Lock()
		defer y.mu.Unlock()
		y.stored++
	}
}

func (y *tally) begin(n int) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.active += n
}

// quiet waits until the store is done with what a client has left behind: a part that is stored after the next run has
// sent it would make that run's end a matter of luck.
func (y *tally) quiet(ctx context.Context) bool {
	return y.wait(ctx, func() bool { return y.active == 0 })
}

// reached waits until so many parts are stored. It reports false if ctx ends before.
func (y *tally) reached(ctx context.Context, parts int) bool {
	return y.wait(ctx, func() bool { return y.stored >= parts })
}

// sent returns how many bytes of parts and objects came so far.
func (y *tally) sent() int64 {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.bytes
}

// wait waits until something is so. It reports false if ctx ends before.
func (y *tally) wait(ctx context.Context, so func() bool) bool {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
		y.mu.Lock()
		met := so()
		y.mu.Unlock()
		if met {
			return true
		}
	}
}

type counted struct {
	io.ReadCloser
	tally *tally
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.tally.mu.Lock()
	defer c.tally.mu.Unlock()
	c.tally.bytes += int64(n)
	return n, err
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
