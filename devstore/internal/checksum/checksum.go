// Package checksum knows the checksums that the S3 dialect may state besides MD5: how they are called, taken,
// written, and put together from those of an object's parts.
//
// There are two ways to put them together. FULL_OBJECT is the checksum of the whole object's bytes, which only a
// CRC can be without reading again. COMPOSITE is the checksum of the parts' checksums, with "-" and their number
// behind it.
package checksum

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"strings"

	"github.com/minio/crc64nvme"
)

// Algorithm is a checksum's name as it stands in x-amz-checksum-algorithm, such as "CRC64NVME".
type Algorithm string

// The algorithms that are taken. Default is what S3 takes where the client does not choose.
const (
	CRC32     Algorithm = "CRC32"
	CRC32C    Algorithm = "CRC32C"
	CRC64NVME Algorithm = "CRC64NVME"
	SHA1      Algorithm = "SHA1"
	SHA256    Algorithm = "SHA256"
	Default             = CRC64NVME
)

// All lists the algorithms.
var All = []Algorithm{CRC32, CRC32C, CRC64NVME, SHA1, SHA256}

// Kind tells how the checksum of a multipart object is made.
type Kind string

// The kinds, as they stand in x-amz-checksum-type.
const (
	FullObject Kind = "FULL_OBJECT"
	Composite  Kind = "COMPOSITE"
)

// Header is the lower-case beginning of the headers that carry a checksum; the algorithm's name follows it.
const Header = "x-amz-checksum-"

// ErrUnknown is returned when a text names no algorithm, or an algorithm has no such kind.
var ErrUnknown = errors.New("unknown checksum")

// Parse returns the algorithm of that name, upper or lower case.
func Parse(name string) (Algorithm, error) {
	a := Algorithm(strings.ToUpper(name))
	if a.New() == nil {
		return "", fmt.Errorf("algorithm %q: %w", name, ErrUnknown)
	}
	return a, nil
}

// New returns a hash for a, or nil if a names no algorithm.
func (a Algorithm) New() hash.Hash {
	switch a {
	case CRC32:
		return crc32.NewIEEE()
	case CRC32C:
		return crc32.New(crc32.MakeTable(crc32.Castagnoli))
	case CRC64NVME:
		return crc64nvme.New()
	case SHA1:
		return sha1.New()
	case SHA256:
		return sha256.New()
	}
	return nil
}

// Header returns the header that carries a checksum by a, in lower case.
func (a Algorithm) Header() string { return Header + strings.ToLower(string(a)) }

// Usual returns the kind that S3 takes for a where the client does not choose.
func (a Algorithm) Usual() Kind {
	if a == CRC64NVME {
		return FullObject
	}
	return Composite
}

// Allows reports whether multipart objects may have a checksum by a of that kind.
func (a Algorithm) Allows(k Kind) bool {
	switch k {
	case FullObject:
		return a == CRC32 || a == CRC32C || a == CRC64NVME
	case Composite:
		return a != CRC64NVME
	}
	return false
}

// Decode reads the value of a header: base64 of a's length.
func (a Algorithm) Decode(text string) ([]byte, error) {
	sum, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(sum) != a.New().Size() {
		return nil, fmt.Errorf("%s %q: %w", a, text, ErrUnknown)
	}
	return sum, nil
}

// Encode writes the value of a header.
func Encode(sum []byte) string { return base64.StdEncoding.EncodeToString(sum) }
