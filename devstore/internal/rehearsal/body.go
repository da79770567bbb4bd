package rehearsal

import (
	"io"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// Flip returns body with the lowest bit of its first byte changed.
func Flip(body io.Reader) io.Reader { return &flipped{Reader: body} }

// FlipBody is Flip for the body of a request.
func FlipBody(body io.ReadCloser) io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{Flip(body), body}
}

type flipped struct {
	io.Reader
	done bool
}

func (f *flipped) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if n > 0 && !f.done {
		p[0] ^= 1
		f.done = true
	}
	return n, err
}

// Drain reads what is left of a request's body, before it is answered: so every client gets to see the answer, and
// may keep the connection. A client that waits to be told to go on has sent none.
func Drain(r *http.Request) {
	if r.Header.Get("Expect") == "" {
		CutAfter(r.Body, wire.DrainLimit)
	}
}

// CutAfter reads n bytes of a body, or all of a shorter one.
func CutAfter(body io.Reader, n int64) { _, _ = io.CopyN(io.Discard, body, max(n, 0)) }
