package hasher

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Algorithm names a checksum. The zero value, None, names none.
type Algorithm uint8

// The algorithms. The numbers are written into journals and never change.
const (
	None      Algorithm = 0
	XXH3      Algorithm = 1 // XXH3, 64 bits, seed 0
	CRC64ECMA Algorithm = 2 // CRC-64/XZ: polynomial ECMA-182, reflected; what OSS speaks
	CRC64NVME Algorithm = 3 // CRC-64/NVME; what S3 prefers
	CRC32C    Algorithm = 4 // Castagnoli
	MD5       Algorithm = 5
	SHA256    Algorithm = 6
)

type trait struct {
	name string
	size int
}

var traits = [...]trait{
	None:      {"none", 0},
	XXH3:      {"xxh3", 8},
	CRC64ECMA: {"crc64ecma", 8},
	CRC64NVME: {"crc64nvme", 8},
	CRC32C:    {"crc32c", 4},
	MD5:       {"md5", 16},
	SHA256:    {"sha256", 32},
}

// ErrSyntax is returned when a text is not a checksum of the form algorithm:hex.
var ErrSyntax = errors.New("not a checksum of the form algorithm:hex")

// ErrMismatch is returned when two checksums of the same algorithm were to be equal and are not.
var ErrMismatch = errors.New("checksums differ")

// String returns the name that manifests and reports use, such as "crc64ecma".
func (a Algorithm) String() string {
	if int(a) >= len(traits) {
		return fmt.Sprintf("algorithm(%d)", uint8(a))
	}
	return traits[a].name
}

// Size returns the length of a value in bytes.
func (a Algorithm) Size() int {
	if int(a) >= len(traits) {
		return 0
	}
	return traits[a].size
}

// Combines reports whether the checksums of two neighbouring ranges give that of both together.
func (a Algorithm) Combines() bool { return a == CRC64ECMA || a == CRC64NVME || a == CRC32C }

// ParseAlgorithm returns the algorithm of that name.
func ParseAlgorithm(name string) (Algorithm, error) {
	for a, t := range traits {
		if t.name == name && Algorithm(a) != None {
			return Algorithm(a), nil
		}
	}
	return None, fmt.Errorf("unknown checksum algorithm %q: use xxh3, crc64ecma, crc64nvme, crc32c, md5 or sha256", name)
}

// Checksum is a value of one algorithm. It is comparable with ==; its zero value means "no checksum".
type Checksum struct {
	Algorithm Algorithm
	value     [32]byte
}

// FromUint64 returns the checksum whose value is v, in an algorithm of at most eight bytes.
func FromUint64(a Algorithm, v uint64) Checksum {
	c := Checksum{Algorithm: a}
	switch a.Size() {
	case 4:
		binary.BigEndian.PutUint32(c.value[:], uint32(v))
	case 8:
		binary.BigEndian.PutUint64(c.value[:], v)
	default:
		panic("hasher: FromUint64 of " + a.String())
	}
	return c
}

// FromBytes returns the checksum whose value is b, most significant byte first.
// It fails if b has not the algorithm's length.
func FromBytes(a Algorithm, b []byte) (Checksum, error) {
	if a == None || len(b) != a.Size() {
		return Checksum{}, fmt.Errorf("%s has %d bytes, got %d", a, a.Size(), len(b))
	}
	c := Checksum{Algorithm: a}
	copy(c.value[:], b)
	return c, nil
}

// Parse reads "algorithm:hex", as a manifest states a checksum. Upper and lower case are the same.
func Parse(s string) (Checksum, error) {
	name, digits, ok := strings.Cut(s, ":")
	if !ok {
		return Checksum{}, fmt.Errorf("%q: %w", s, ErrSyntax)
	}
	a, err := ParseAlgorithm(strings.ToLower(name))
	if err != nil {
		return Checksum{}, err
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		return Checksum{}, fmt.Errorf("%q: %w", s, ErrSyntax)
	}
	return FromBytes(a, b)
}

// IsZero reports whether c is no checksum at all.
func (c Checksum) IsZero() bool { return c.Algorithm == None }

// Bytes returns the value, most significant byte first.
func (c Checksum) Bytes() []byte { return c.value[:c.Algorithm.Size()] }

// Uint64 returns the value of an algorithm of at most eight bytes.
func (c Checksum) Uint64() uint64 {
	switch c.Algorithm.Size() {
	case 4:
		return uint64(binary.BigEndian.Uint32(c.value[:]))
	case 8:
		return binary.BigEndian.Uint64(c.value[:])
	}
	panic("hasher: Uint64 of " + c.Algorithm.String())
}

// Hex returns the value in lower-case hex, the form of manifests and reports.
func (c Checksum) Hex() string { return hex.EncodeToString(c.Bytes()) }

// String returns "algorithm:hex", or "none".
func (c Checksum) String() string {
	if c.IsZero() {
		return traits[None].name
	}
	return c.Algorithm.String() + ":" + c.Hex()
}
