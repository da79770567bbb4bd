package hasher

import (
	"crypto/md5"
	"crypto/sha256"
	"hash"

	"github.com/zeebo/xxh3"
)

// Digest takes the checksums of a stream. It is an [io.Writer] whose Write never fails. A Digest is for one
// goroutine at a time; the zero Digest takes nothing.
type Digest struct {
	sums   Sums // set, and the running CRCs
	xxh3   xxh3.Hasher
	md5    hash.Hash // nil until asked for the first time
	sha256 hash.Hash
	value  [sha256.Size]byte // where md5 and sha256 put theirs: a local one would escape
}

// NewDigest returns a Digest for every algorithm of set.
func NewDigest(set Set) *Digest {
	d := new(Digest)
	d.reset(set)
	return d
}

// reset makes d as good as new, for set. What it has allocated stays.
func (d *Digest) reset(set Set) {
	d.sums = Sums{set: set}
	d.xxh3.Reset()
	if set.Has(MD5) {
		d.md5 = restarted(d.md5, md5.New)
	}
	if set.Has(SHA256) {
		d.sha256 = restarted(d.sha256, sha256.New)
	}
}

func restarted(h hash.Hash, fresh func() hash.Hash) hash.Hash {
	if h == nil {
		return fresh()
	}
	h.Reset()
	return h
}

// Write adds p to the stream. It returns len(p) and nil.
func (d *Digest) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		d.update(p, min(len(p), block))
		p = p[min(len(p), block):]
	}
	return n, nil
}

// update adds the first n bytes of p to every algorithm's state.
func (d *Digest) update(p []byte, n int) {
	if d.sums.set.Has(XXH3) {
		writeXXH3(&d.xxh3, p, n)
	}
	p = p[:n]
	d.sums.updateCRCs(p)
	if d.sums.set.Has(MD5) {
		_, _ = d.md5.Write(p)
	}
	if d.sums.set.Has(SHA256) {
		_, _ = d.sha256.Write(p)
	}
}

// Sums returns the checksums of what was written so far. Writing may go on.
func (d *Digest) Sums() Sums {
	s := d.sums
	if s.set.Has(XXH3) {
		s.xxh3 = d.xxh3.Sum64()
	}
	if s.set.Has(MD5) {
		copy(s.md5[:], d.md5.Sum(d.value[:0]))
	}
	if s.set.Has(SHA256) {
		copy(s.sha256[:], d.sha256.Sum(d.value[:0]))
	}
	return s
}
