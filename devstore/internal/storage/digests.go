package storage

import (
	"hash"

	"github.com/ingest-dev/ingest/devstore/internal/checksum"
	"github.com/ingest-dev/ingest/hasher"
)

// Digests are the checksums of content.
type Digests struct {
	MD5   MD5                           `json:"md5"`
	CRC64 uint64                        `json:"crc64ecma"`
	Sums  map[checksum.Algorithm][]byte `json:"sums,omitempty"`
}

// Taken are the digests of content as it came.
type Taken struct {
	Digests
	// Real are those of what is stored, nil if it is what came. It is not where it was damaged for a rehearsal.
	Real *Digests `json:"real,omitempty"`
}

// Stored returns the digests of what is stored.
func (t Taken) Stored() Digests {
	if t.Real != nil {
		return *t.Real
	}
	return t.Digests
}

// digester takes every checksum that is wanted of the same bytes.
type digester struct {
	base  *hasher.Digest
	extra map[checksum.Algorithm]hash.Hash
}

func newDigester(wanted []checksum.Algorithm) *digester {
	d := &digester{base: hasher.NewDigest(hasher.SetOf(hasher.MD5, hasher.CRC64ECMA))}
	for _, a := range wanted {
		if d.extra == nil {
			d.extra = map[checksum.Algorithm]hash.Hash{}
		}
		d.extra[a] = a.New()
	}
	return d
}

func (d *digester) write(p []byte) {
	_, _ = d.base.Write(p)
	for _, h := range d.extra {
		_, _ = h.Write(p)
	}
}

func (d *digester) digests() Digests {
	sums := d.base.Sums()
	md5 := sums.Get(hasher.MD5)
	taken := Digests{MD5: MD5(md5.Bytes()), CRC64: sums.Get(hasher.CRC64ECMA).Uint64()}
	for a, h := range d.extra {
		if taken.Sums == nil {
			taken.Sums = map[checksum.Algorithm][]byte{}
		}
		taken.Sums[a] = h.Sum(nil)
	}
	return taken
}
