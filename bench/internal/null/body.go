package null

import (
	"io"
	"net/http"
	"sync"

	"github.com/ingest-dev/ingest/hasher"
)

// swallowed is what is left of a body.
type swallowed struct {
	size int64
	sum  hasher.Checksum // none unless the store takes it
}

func (s swallowed) decimal() string { return decimal(s.sum) }

// blockSize is what is read at once: a connection that drops bodies does it in the kernel, whatever the size; for
// the others it is small enough for a cache.
const blockSize = 256 << 10

var buffers = sync.Pool{New: func() any { b := make([]byte, blockSize); return &b }}

var ecma = hasher.SetOf(hasher.CRC64ECMA)

// swallow reads a body to its end without keeping it.
func (s *Store) swallow(r *http.Request) (swallowed, error) {
	buffer, _ := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	if s.CRC64 {
		d := hasher.NewDigest(ecma)
		n, err := io.CopyBuffer(onlyWriter{d}, onlyReader{r.Body}, *buffer)
		return swallowed{n, d.Sums().Get(hasher.CRC64ECMA)}, err
	}
	defer dropping(r)()
	n, err := io.CopyBuffer(onlyWriter{io.Discard}, onlyReader{r.Body}, *buffer)
	return swallowed{size: n}, err
}

// onlyReader and onlyWriter keep io.CopyBuffer to its buffer.
type (
	onlyReader struct{ io.Reader }
	onlyWriter struct{ io.Writer }
)
