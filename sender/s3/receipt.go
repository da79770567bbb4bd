package s3

import (
	"fmt"
	"strings"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// Bounds of [sender.Receipt], in bytes.
const (
	maxETag    = 128
	maxVersion = 128
)

// receipt returns what an answer says of what it stored, but for the checksum. Without an ETag it is no S3 answer. What
// it keeps are copies: the fields of an answer hold its whole head in memory, and an upload has up to 10,000 receipts.
func (c *call) receipt(answer *wire.Response, etag string) (sender.Receipt, error) {
	r := sender.Receipt{ETag: strings.Clone(unquoted(etag)), VersionID: strings.Clone(version(answer))}
	switch {
	case r.ETag == "":
		return sender.Receipt{}, c.unreadable(answer, "the answer has no ETag")
	case len(r.ETag) > maxETag:
		return sender.Receipt{}, c.unreadable(answer, fmt.Sprintf("the ETag has %d bytes", len(r.ETag)))
	}
	return r, nil
}

// version returns the version that an answer names. One that is too long is left out, as half of it names nothing.
func version(answer *wire.Response) string {
	if v := answer.Header.Get("X-Amz-Version-Id"); len(v) <= maxVersion {
		return v
	}
	return ""
}

// mismatch is the error of an answer that states another checksum than that of what was sent.
func (c *call) mismatch(answer *wire.Response, got, want hasher.Checksum) error {
	e := c.failed(sender.TryAgain, fmt.Errorf("%w: it states %s of %s", sender.ErrCorrupt, got, want))
	e.Stored = c.part == 0
	c.identify(e, answer)
	return e
}
