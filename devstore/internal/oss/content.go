package oss

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// The limits of the API.
const (
	keyLimit  = 1023      // bytes
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
	return d.Take(r, b, storage.StageOptions{Limit: dialect.PutLimit, Part: part}, func(s *storage.Staged) error {
		if crc := r.Header.Get("x-oss-hash-crc64ecma"); crc != "" && crc != decimal(s.CRC64) {
			return invalidCRC64
		}
		return nil
	})
}

func checkLength(r *wire.Request) error {
	switch {
	case r.Size < 0 && len(r.TransferEncoding) == 0:
		return missingLength
	case r.Size > dialect.PutLimit:
		return refusals.EntityTooLarge.With("ProposedSize", strconv.FormatInt(r.Size, 10)).
			With("MaxSizeAllowed", strconv.Itoa(dialect.PutLimit))
	}
	return nil
}

// setSums writes the headers that say what was received.
func setSums(h http.Header, s *storage.Staged) {
	h.Set("ETag", quoted(storage.PlainETag(s.MD5).OSS()))
	h.Set("Content-MD5", base64.StdEncoding.EncodeToString(s.MD5[:]))
	h.Set("x-oss-hash-crc64ecma", decimal(s.CRC64))
}

func decimal(crc uint64) string { return strconv.FormatUint(crc, 10) }
