package s3

import (
	"slices"

	"github.com/ingest-dev/ingest/devstore/internal/checksum"
	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// The limits of the API.
const (
	keyLimit  = 1024    // bytes
	partLeast = 5 << 20 // of every part but the last
)

func checkKey(key string) error {
	if len(key) > keyLimit {
		return keyTooLong
	}
	return nil
}

// take stages the content of r with a checksum by wanted, and compares it with what r says of it.
func (d *Dialect) take(r *wire.Request, b *storage.Bucket, c claim, wanted checksum.Algorithm, part bool) (*storage.Staged, error) {
	switch {
	case r.Size < 0:
		return nil, missingLength
	case r.Size > dialect.PutLimit:
		return nil, refusals.EntityTooLarge
	}
	o := storage.StageOptions{Limit: dialect.PutLimit, Algorithms: both(wanted, c.algorithm), Part: part}
	return d.Take(r, b, o, func(s *storage.Staged) error { return c.verify(r, s) })
}

// both returns the algorithms that are named, each once.
func both(a ...checksum.Algorithm) []checksum.Algorithm {
	a = slices.DeleteFunc(a, func(x checksum.Algorithm) bool { return x == "" })
	return slices.Compact(a)
}

// readSignedBody reads XML for the operations whose own checksum may be in a header.
func (d *Dialect) readSignedBody(r *wire.Request) ([]byte, error) {
	c, err := readClaim(r)
	if err != nil {
		return nil, err
	}
	body, err := d.ReadBody(r)
	if err != nil || c.algorithm == "" {
		return body, err
	}
	h := c.algorithm.New()
	_, _ = h.Write(body)
	taken := new(storage.Staged)
	taken.Sums = map[checksum.Algorithm][]byte{c.algorithm: h.Sum(nil)}
	return body, c.verify(r, taken)
}
