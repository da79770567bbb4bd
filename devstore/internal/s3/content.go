package s3

import (
	"crypto/md5"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"github.com/ingest-dev/ingest/devstore/internal/checksum"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// The limits of the API.
const (
	keyLimit  = 1024    // bytes
	putLimit  = 5 << 30 // of one PutObject, of one part and of one CopyObject
	partLeast = 5 << 20 // of every part but the last
)

// take stages the content of r with a checksum by wanted, and compares it with what r says of it.
func take(r *wire.Request, b *storage.Bucket, c claim, wanted checksum.Algorithm, part bool) (*storage.Staged, error) {
	switch {
	case r.Size < 0:
		return nil, missingLength
	case r.Size > putLimit:
		return nil, entityTooLarge
	}
	sum, err := contentMD5(r)
	if err != nil {
		return nil, err
	}
	s, err := b.Stage(r.Content, storage.StageOptions{Limit: putLimit, Algorithms: both(wanted, c.algorithm), Part: part})
	if err != nil {
		return nil, err
	}
	if err := compare(r, s, sum, c); err != nil {
		s.Discard()
		return nil, err
	}
	return s, nil
}

// both returns the algorithms that are named, each once.
func both(a ...checksum.Algorithm) []checksum.Algorithm {
	a = slices.DeleteFunc(a, func(x checksum.Algorithm) bool { return x == "" })
	return slices.Compact(a)
}

func compare(r *wire.Request, s *storage.Staged, sum []byte, c claim) error {
	if s.Size != r.Size {
		return incompleteBody
	}
	if sum != nil && storage.MD5(sum) != s.MD5 {
		return badDigest
	}
	return c.verify(r, s)
}

// contentMD5 returns what Content-MD5 states, nil if there is none.
func contentMD5(r *wire.Request) ([]byte, error) {
	text := r.Header.Get("Content-MD5")
	if text == "" {
		return nil, nil
	}
	sum, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(sum) != md5.Size {
		return nil, invalidDigest
	}
	return sum, nil
}

// readBody reads the XML of a request, and compares it with its Content-MD5 or its checksum.
func readBody(r *wire.Request) ([]byte, error) {
	want, err := contentMD5(r)
	if err != nil {
		return nil, err
	}
	body, err := wire.ReadBody(r.Content)
	if err != nil {
		return nil, err
	}
	if want != nil && md5.Sum(body) != [md5.Size]byte(want) {
		return nil, badDigest
	}
	return body, nil
}

// readSignedBody is readBody for the operations whose own checksum may be in a header.
func readSignedBody(r *wire.Request) ([]byte, error) {
	c, err := readClaim(r)
	if err != nil {
		return nil, err
	}
	body, err := readBody(r)
	if err != nil || c.algorithm == "" {
		return body, err
	}
	h := c.algorithm.New()
	_, _ = h.Write(body)
	taken := &storage.Staged{Sums: map[checksum.Algorithm][]byte{c.algorithm: h.Sum(nil)}}
	return body, c.verify(r, taken)
}

// unreadable is for content that is our own: that it cannot be read is no fault of the client's.
func unreadable(err error) error {
	if e, ok := errors.AsType[*storage.ReadError](err); ok {
		return fmt.Errorf("read source: %w", e.Err)
	}
	return err
}
