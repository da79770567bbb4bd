package oss

import (
	"crypto/md5"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// The limits of the API.
const (
	keyLimit  = 1023      // bytes
	putLimit  = 5 << 30   // of one PutObject and of one part
	copyLimit = 1 << 30   // of one CopyObject; UploadPartCopy goes beyond
	partLeast = 100 << 10 // of every part but the last
)

// checkKey returns InvalidObjectName for a key that OSS does not take.
func checkKey(key string) error {
	if len(key) > keyLimit || strings.HasPrefix(key, "/") || strings.HasPrefix(key, `\`) {
		return invalidObjectName.With("ObjectName", key)
	}
	return nil
}

// take stages the content of r, and compares it with what r says of it.
func (d *Dialect) take(r *wire.Request, b *storage.Bucket, part bool) (*storage.Staged, error) {
	if err := checkLength(r); err != nil {
		return nil, err
	}
	want, err := contentMD5(r)
	if err != nil {
		return nil, err
	}
	s, err := b.Stage(r.Content, storage.StageOptions{Limit: putLimit, Part: part})
	if err != nil {
		return nil, err
	}
	if err := compare(r, s, want); err != nil {
		s.Discard()
		return nil, err
	}
	return s, nil
}

func checkLength(r *wire.Request) error {
	switch {
	case r.Size < 0 && len(r.TransferEncoding) == 0:
		return missingLength
	case r.Size > putLimit:
		return entityTooLarge.With("ProposedSize", strconv.FormatInt(r.Size, 10)).
			With("MaxSizeAllowed", strconv.Itoa(putLimit))
	}
	return nil
}

// contentMD5 returns what Content-MD5 states, nil if there is none.
func contentMD5(r *wire.Request) ([]byte, error) {
	text := r.Header.Get("Content-MD5")
	if text == "" {
		return nil, nil
	}
	sum, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(sum) != md5.Size {
		return nil, invalidDigest.With("Content-MD5", text)
	}
	return sum, nil
}

func compare(r *wire.Request, s *storage.Staged, sum []byte) error {
	if r.Size >= 0 && s.Size != r.Size {
		return incompleteBody
	}
	if sum != nil && storage.MD5(sum) != s.MD5 {
		return wrongDigest.With("Content-MD5", r.Header.Get("Content-MD5"))
	}
	if crc := r.Header.Get("x-oss-hash-crc64ecma"); crc != "" && crc != decimal(s.CRC64) {
		return invalidCRC64
	}
	return nil
}

// readBody reads the XML of a request, and compares it with its Content-MD5.
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
		return nil, wrongDigest.With("Content-MD5", r.Header.Get("Content-MD5"))
	}
	return body, nil
}

// setSums writes the headers that say what was received.
func setSums(h http.Header, s *storage.Staged) {
	h.Set("ETag", quoted(storage.PlainETag(s.MD5).OSS()))
	h.Set("Content-MD5", base64.StdEncoding.EncodeToString(s.MD5[:]))
	h.Set("x-oss-hash-crc64ecma", decimal(s.CRC64))
}

func decimal(crc uint64) string { return strconv.FormatUint(crc, 10) }

// unreadable is for content that is our own: that it cannot be read is no fault of the client's.
func unreadable(err error) error {
	if e, ok := errors.AsType[*storage.ReadError](err); ok {
		return fmt.Errorf("read source: %w", e.Err)
	}
	return err
}
