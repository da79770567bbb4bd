package s3

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// fullObject is the checksum type of a whole object; the other one, COMPOSITE, is a checksum of the parts' checksums.
const fullObject = "FULL_OBJECT"

// dialect is how a checksum is called on the wire.
type dialect struct {
	name   string // in x-amz-checksum-algorithm
	header string // in its canonical form
}

// dialects are the checksums that have a header and an element of their own, in the order of preference.
var dialects = []struct {
	algorithm hasher.Algorithm
	dialect
}{
	{hasher.CRC64NVME, dialect{"CRC64NVME", "X-Amz-Checksum-Crc64nvme"}},
	{hasher.CRC32C, dialect{"CRC32C", "X-Amz-Checksum-Crc32c"}},
	{hasher.SHA256, dialect{"SHA256", "X-Amz-Checksum-Sha256"}},
}

// dialectOf returns how a checksum is called, or false for MD5, which has a header of another kind.
func dialectOf(a hasher.Algorithm) (dialect, bool) {
	for _, d := range dialects {
		if d.algorithm == a {
			return d.dialect, true
		}
	}
	return dialect{}, false
}

// algorithmNamed returns the algorithm that a store calls so, or None.
func algorithmNamed(name string) hasher.Algorithm {
	for _, d := range dialects {
		if d.name == name {
			return d.algorithm
		}
	}
	return hasher.None
}

// setChecksum puts the checksum of a body into the header of its request.
func setChecksum(h *wire.Header, c hasher.Checksum) {
	name := "Content-Md5"
	if d, ok := dialectOf(c.Algorithm); ok {
		name = d.header
	}
	h.Set(name, encode(c))
}

func encode(c hasher.Checksum) string { return base64.StdEncoding.EncodeToString(c.Bytes()) }

// decode reads a checksum as a store states it. What is none, like a composite with its "-N", is the zero Checksum.
func decode(a hasher.Algorithm, text string) hasher.Checksum {
	if text == "" {
		return hasher.Checksum{}
	}
	value, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return hasher.Checksum{}
	}
	c, err := hasher.FromBytes(a, value)
	if err != nil {
		return hasher.Checksum{}
	}
	return c
}

// stated returns the checksum of that algorithm that an answer's header states of a part or an object put at once.
func (s *Store) stated(c *call, h wire.Header, a hasher.Algorithm) hasher.Checksum {
	if d, ok := dialectOf(a); ok {
		return decode(a, h.Get(d.header))
	}
	if c.hidden || s.customer != nil || opaque(h) {
		return hasher.Checksum{}
	}
	return fromETag(unquoted(h.Get("Etag")))
}

// opaque reports whether an answer's ETag cannot be an MD5, because of how the object is encrypted. Not every store
// says so of what was asked of it.
func opaque(h wire.Header) bool {
	return keptByKMS(h.Get(headerEncryption)) || h.Get(headerEncryption+"-Customer-Algorithm") != ""
}

// fromETag returns the MD5 that an ETag of 32 hex digits is, or the zero Checksum.
func fromETag(etag string) hasher.Checksum {
	value, err := hex.DecodeString(etag)
	if err != nil {
		return hasher.Checksum{}
	}
	c, err := hasher.FromBytes(hasher.MD5, value)
	if err != nil {
		return hasher.Checksum{}
	}
	return c
}

// unquoted returns an ETag without its quotes.
func unquoted(etag string) string { return strings.Trim(strings.TrimSpace(etag), `"`) }

// checksumsXML are the checksums that listings and Complete state of parts and objects.
type checksumsXML struct {
	CRC64NVME string `xml:"ChecksumCRC64NVME"`
	CRC32C    string `xml:"ChecksumCRC32C"`
	SHA256    string `xml:"ChecksumSHA256"`
	Type      string `xml:"ChecksumType"`
}

func (x *checksumsXML) text(a hasher.Algorithm) string {
	switch a {
	case hasher.CRC64NVME:
		return x.CRC64NVME
	case hasher.CRC32C:
		return x.CRC32C
	case hasher.SHA256:
		return x.SHA256
	}
	return ""
}

// best returns the preferred checksum that is stated, or the zero Checksum.
func (x *checksumsXML) best() hasher.Checksum {
	for _, d := range dialects {
		if c := decode(d.algorithm, x.text(d.algorithm)); !c.IsZero() {
			return c
		}
	}
	return hasher.Checksum{}
}

// composite returns what a store computes from the checksums of an upload's parts: the checksum of their values, one
// after the other. It is false unless every part has one of that algorithm, and an MD5 is the part's ETag.
func composite(parts []sender.StoredPart, a hasher.Algorithm) (hasher.Checksum, bool) {
	values := make([]byte, 0, len(parts)*a.Size())
	for _, p := range parts {
		if p.Checksum.Algorithm != a || a == hasher.MD5 && fromETag(p.ETag) != p.Checksum {
			return hasher.Checksum{}, false
		}
		values = append(values, p.Checksum.Bytes()...)
	}
	return hasher.Sum(values, hasher.SetOf(a)).Get(a), len(parts) > 0
}

// proven reports whether what a store computed from the parts of an upload is what we compute from the checksums
// that it compared when it received them. etag and x are what it answered.
func proven(parts []sender.StoredPart, a hasher.Algorithm, etag string, x *checksumsXML) bool {
	sum, ok := composite(parts, a)
	if !ok {
		return false
	}
	suffix := "-" + strconv.Itoa(len(parts))
	if a == hasher.MD5 {
		return strings.EqualFold(etag, sum.Hex()+suffix)
	}
	return x.text(a) == encode(sum)+suffix
}
