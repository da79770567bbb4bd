package s3

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/ingest-dev/ingest/devstore/internal/checksum"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// claim is the checksum that a request states of its content. Its zero value states none.
type claim struct {
	algorithm checksum.Algorithm
	header    string // the value, "" if it comes behind the content
}

// notValues are the headers that begin as a checksum's does and hold none.
var notValues = map[string]bool{"algorithm": true, "type": true, "mode": true}

// readClaim returns the one checksum that the headers state or announce.
func readClaim(r *wire.Request) (claim, error) {
	var found []claim
	for name := range r.Header {
		suffix, ok := strings.CutPrefix(strings.ToLower(name), checksum.Header)
		if !ok || notValues[suffix] {
			continue
		}
		a, err := checksum.Parse(suffix)
		if err != nil {
			return claim{}, wire.NotImplemented("The checksum " + suffix)
		}
		found = append(found, claim{algorithm: a, header: r.Header.Get(name)})
	}
	if a, ok := announced(r); ok {
		found = append(found, claim{algorithm: a})
	}
	switch {
	case len(found) > 1:
		return claim{}, invalidRequest.Saying("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
	case len(found) == 1:
		return found[0], nil
	case r.Header.Get("x-amz-sdk-checksum-algorithm") != "":
		return claim{}, invalidRequest.Saying("x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.")
	}
	return claim{}, nil
}

// announced returns the algorithm of the checksum that will follow the content.
func announced(r *wire.Request) (checksum.Algorithm, bool) {
	for name := range strings.SplitSeq(r.Header.Get("x-amz-trailer"), ",") {
		if suffix, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(name)), checksum.Header); ok {
			a, err := checksum.Parse(suffix)
			return a, err == nil
		}
	}
	return "", false
}

// verify compares staged content with the claim. The content has been read, so its trailer is there.
func (c claim) verify(r *wire.Request, s *storage.Staged) error {
	if c.algorithm == "" {
		return nil
	}
	value := c.header
	if value == "" {
		value = r.Trailer().Get(c.algorithm.Header())
	}
	want, err := c.algorithm.Decode(value)
	if err != nil {
		return invalidRequest.Saying("Value for " + c.algorithm.Header() + " header is invalid.")
	}
	if !bytes.Equal(want, s.Sums[c.algorithm]) {
		return wrongChecksum(c.algorithm)
	}
	return nil
}

func wrongChecksum(a checksum.Algorithm) error {
	return refusals.WrongDigest.Saying(fmt.Sprintf("The %s you specified did not match the calculated checksum.", a))
}

// chosen returns the algorithm of the object's checksum: what the client chose, or what S3 takes by itself.
func (c claim) chosen() checksum.Algorithm {
	if c.algorithm == "" {
		return checksum.Default
	}
	return c.algorithm
}

// ofWhole returns the checksum of an object that consists of this content alone.
func ofWhole(d storage.Digests, a checksum.Algorithm) storage.Checksum {
	return storage.Checksum{Algorithm: a, Kind: checksum.FullObject, Sum: d.Sums[a]}
}

// setChecksum writes the headers that show a checksum.
func setChecksum(h http.Header, c storage.Checksum, parts int) {
	if c.Algorithm == "" {
		return
	}
	h.Set(c.Algorithm.Header(), checksumText(c, parts))
	h.Set("x-amz-checksum-type", string(c.Kind))
}

// checksumText writes a checksum's value; that of a composite one ends in the number of its parts.
func checksumText(c storage.Checksum, parts int) string {
	text := checksum.Encode(c.Sum)
	if c.Kind == checksum.Composite {
		text += "-" + strconv.Itoa(parts)
	}
	return text
}

// checksums are the elements that show a checksum, at most one of them set.
type checksums struct {
	ChecksumCRC32     string `xml:",omitempty"`
	ChecksumCRC32C    string `xml:",omitempty"`
	ChecksumCRC64NVME string `xml:",omitempty"`
	ChecksumSHA1      string `xml:",omitempty"`
	ChecksumSHA256    string `xml:",omitempty"`
}

func (c *checksums) field(a checksum.Algorithm) *string {
	switch a {
	case checksum.CRC32:
		return &c.ChecksumCRC32
	case checksum.CRC32C:
		return &c.ChecksumCRC32C
	case checksum.CRC64NVME:
		return &c.ChecksumCRC64NVME
	case checksum.SHA1:
		return &c.ChecksumSHA1
	case checksum.SHA256:
		return &c.ChecksumSHA256
	}
	return new(string)
}

// elements returns the elements that show a value by a.
func elements(a checksum.Algorithm, value string) checksums {
	var c checksums
	*c.field(a) = value
	return c
}
