package null

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// Far returns a store at a distance: it waits before each answer, and takes so many bytes a second from all clients
// together (0: no limit).
func Far(store http.Handler, latency time.Duration, rate float64) http.Handler {
	l := &link{rate: rate}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rate > 0 {
			r.Body = struct {
				io.Reader
				io.Closer
			}{io.TeeReader(r.Body, l), r.Body}
		}
		time.Sleep(latency)
		store.ServeHTTP(w, r)
	})
}

// link is what all bodies share.
type link struct {
	rate float64 // bytes a second

	mu   sync.Mutex
	idle time.Time // when all that was taken so far will have come through
}

// Write returns when p has come through too. Up to burst is let through at once, so that a late timer costs nothing.
func (l *link) Write(p []byte) (int, error) {
	const burst = 10 * time.Millisecond
	l.mu.Lock()
	now := time.Now()
	if now.Sub(l.idle) > burst {
		l.idle = now.Add(-burst)
	}
	l.idle = l.idle.Add(time.Duration(float64(len(p)) / l.rate * float64(time.Second)))
	left := l.idle.Sub(now)
	l.mu.Unlock()
	time.Sleep(left)
	return len(p), nil
}
