package oss

import (
	"errors"
	"strconv"
	"strings"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

const (
	headerCRC       = "X-Oss-Hash-Crc64ecma"
	headerVersion   = "X-Oss-Version-Id"
	headerRequestID = "X-Oss-Request-Id"
	headerETag      = "Etag"
)

// The bounds of package sender, in bytes.
const (
	maxETag     = 128
	maxVersion  = 128
	maxUploadID = 1024
)

var (
	errNoETag   = errors.New("a success without an ETag is not an answer of OSS; something between may have given it")
	errTooLong  = errors.New("the ETag or the version id is longer than 128 bytes")
	errNoUpload = errors.New("the answer names no upload id of 1 to 1,024 bytes")
)

// receipt reads what the header of a success says was stored. What it keeps are copies: the fields of an answer hold its
// whole head in memory, and an upload has up to 10,000 receipts.
func (c *call) receipt(answer *wire.Response) (sender.Receipt, error) {
	h := answer.Header
	r := sender.Receipt{
		ETag: strings.Clone(unquoted(h.Get(headerETag))), VersionID: strings.Clone(h.Get(headerVersion)),
		Checksum: checksum(h.Get(headerCRC)),
	}
	if r.ETag == "" && !c.calls {
		return sender.Receipt{}, c.broken(answer, errNoETag)
	}
	if len(r.ETag) > maxETag || len(r.VersionID) > maxVersion {
		return sender.Receipt{}, c.broken(answer, errTooLong)
	}
	return r, nil
}

// checksum reads a CRC as OSS states it: decimal. What cannot be read proves nothing, and is no checksum.
func checksum(decimal string) hasher.Checksum {
	v, err := strconv.ParseUint(decimal, 10, 64)
	if err != nil {
		return hasher.Checksum{}
	}
	return hasher.FromUint64(hasher.CRC64ECMA, v)
}
