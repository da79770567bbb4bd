package rehearsal

import (
	"net/http"
	"time"
)

// arrival is how long what was written gets to reach the client: a reset drops what is on its way.
const arrival = 50 * time.Millisecond

// Cut resets the connection where the body of an answer goes on after so many bytes.
type Cut struct {
	http.ResponseWriter
	left int64
	done bool
}

// NewCut returns a writer to w that cuts after so many bytes, or before the first if after is below 0.
func NewCut(w http.ResponseWriter, after int64) *Cut {
	return &Cut{ResponseWriter: w, left: max(after, 0)}
}

// Write returns http.ErrHijacked once the connection is gone.
func (c *Cut) Write(p []byte) (n int, err error) {
	if c.done {
		return 0, http.ErrHijacked
	}
	over := int64(len(p)) > c.left
	if over {
		p = p[:c.left]
	}
	if len(p) > 0 {
		n, err = c.ResponseWriter.Write(p)
	}
	c.left -= int64(n)
	if !over || err != nil {
		return n, err
	}
	c.done = true
	_ = http.NewResponseController(c.ResponseWriter).Flush()
	time.Sleep(arrival)
	Reset(c.ResponseWriter)
	return n, http.ErrHijacked
}
