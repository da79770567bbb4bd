package journal

import (
	"encoding/binary"
	"encoding/hex"
	"unicode/utf8"

	"github.com/ingest-dev/ingest/hasher"
)

// The forms of an ETag, in the two low bits of the number that states its length. ETags are nearly always hex
// digits, which take half the room as bytes.
const (
	tagText     = 0
	tagLowerHex = 1
	tagUpperHex = 2
)

const (
	upperDigits = "0123456789ABCDEF"
)

// cut shortens s to at most n bytes, at the beginning of a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendUint64(b []byte, v uint64) []byte { return binary.LittleEndian.AppendUint64(b, v) }

func appendChecksum(b []byte, c hasher.Checksum) []byte {
	return append(append(b, byte(c.Algorithm)), c.Bytes()...)
}

func appendETag(b []byte, tag string) []byte {
	form := tagForm(tag)
	if form == tagText {
		b = binary.AppendUvarint(b, uint64(len(tag))<<2|tagText)
		return append(b, tag...)
	}
	b = binary.AppendUvarint(b, uint64(len(tag)/2)<<2|uint64(form))
	for i := 0; i < len(tag); i += 2 {
		b = append(b, nibble(tag[i])<<4|nibble(tag[i+1]))
	}
	return b
}

// tagForm returns the form that gives the tag back exactly, letter by letter.
func tagForm(tag string) int {
	if len(tag)%2 != 0 || tag == "" {
		return tagText
	}
	lower, upper := true, true
	for i := range len(tag) {
		switch c := tag[i]; {
		case c >= '0' && c <= '9':
		case c >= 'a' && c <= 'f':
			upper = false
		case c >= 'A' && c <= 'F':
			lower = false
		default:
			return tagText
		}
	}
	switch {
	case lower:
		return tagLowerHex
	case upper:
		return tagUpperHex
	}
	return tagText
}

func nibble(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&0xF - 1 + 10 // both cases of a letter end in 1 to 6
}

// decoder takes a payload apart. The first thing that does not fit makes it bad, and everything after it zero.
// A skimming decoder checks texts but makes none, so that a replay allocates nothing for what it will not keep.
type decoder struct {
	b    []byte
	bad  bool
	skim bool
}

// done reports whether the payload was good and is used up.
func (d *decoder) done() bool { return !d.bad && len(d.b) == 0 }

func (d *decoder) fail() { d.b, d.bad = nil, true }

func (d *decoder) uvarint(limit uint64) uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 || v > limit {
		d.fail()
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) uint64() uint64 {
	if b := d.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (d *decoder) byte() byte {
	if b := d.take(1); b != nil {
		return b[0]
	}
	return 0
}

// take returns the next n bytes in place, or nil if there are fewer.
func (d *decoder) take(n int) []byte {
	if n > len(d.b) {
		d.fail()
		return nil
	}
	b := d.b[:n:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) text(limit int) string {
	b := d.take(int(d.uvarint(uint64(limit))))
	if d.skim {
		return ""
	}
	return string(b)
}

func (d *decoder) checksum() hasher.Checksum {
	a := hasher.Algorithm(d.byte())
	if a == hasher.None {
		return hasher.Checksum{}
	}
	c, err := hasher.FromBytes(a, d.take(a.Size()))
	if err != nil || a.Size() == 0 {
		d.fail()
	}
	return c
}

func (d *decoder) etag() string {
	v := d.uvarint(MaxETag << 2)
	form, b := v&3, d.take(int(v>>2))
	if form != tagText && len(b) > MaxETag/2 || form > tagUpperHex {
		d.fail()
		return ""
	}
	switch {
	case d.skim:
		return ""
	case form == tagText:
		return string(b)
	case form == tagLowerHex:
		return hex.EncodeToString(b)
	}
	return upperHex(b)
}

func upperHex(b []byte) string {
	s := make([]byte, 0, 2*len(b))
	for _, c := range b {
		s = append(s, upperDigits[c>>4], upperDigits[c&0xF])
	}
	return string(s)
}
