package hasher

import (
	"crypto/md5"
	"crypto/sha256"
	"hash/crc32"
	"sync"

	"github.com/minio/crc64nvme"
	"github.com/zeebo/xxh3"
)

// block is how many bytes one algorithm takes before the next one gets the same bytes: few enough to be still in
// the second-level cache then, many enough that changing over costs nothing.
const block = 256 << 10

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Sums are the checksums of one range of bytes, one for each algorithm of a set. They are a value: comparable with
// ==, and free to copy and to keep. The zero value holds none.
type Sums struct {
	set    Set
	crc32c uint32
	xxh3   uint64
	ecma   uint64
	nvme   uint64
	md5    [md5.Size]byte
	sha256 [sha256.Size]byte
}

// Set returns the algorithms that were taken.
func (s Sums) Set() Set { return s.set }

// Get returns the checksum by a, or the zero Checksum if it was not taken.
func (s Sums) Get(a Algorithm) Checksum {
	if !s.set.Has(a) {
		return Checksum{}
	}
	c := Checksum{Algorithm: a}
	switch a {
	case XXH3:
		return FromUint64(a, s.xxh3)
	case CRC64ECMA:
		return FromUint64(a, s.ecma)
	case CRC64NVME:
		return FromUint64(a, s.nvme)
	case CRC32C:
		return FromUint64(a, uint64(s.crc32c))
	case MD5:
		copy(c.value[:], s.md5[:])
	case SHA256:
		copy(c.value[:], s.sha256[:])
	}
	return c
}

// Sum returns the checksums of b by every algorithm of set. It goes through b once, however many there are, and
// allocates nothing. It may be called from many goroutines at once.
//
// Where b is a mapped file that shrinks meanwhile, Sum faults as any access does, and leaves nothing broken behind.
func Sum(b []byte, set Set) Sums {
	if len(b) <= block || set.single() {
		return sumAtOnce(b, set)
	}
	d := digests.Get().(*Digest)
	d.reset(set)
	_, _ = d.Write(b)
	s := d.Sums()
	digests.Put(d)
	return s
}

// digests are kept for Sum. One that is lost, to the collector or to a fault, costs an allocation of 2 KiB.
var digests = sync.Pool{New: func() any { return new(Digest) }}

// sumAtOnce gives all of b to one algorithm after the other, each by its function for whole inputs, which needs
// no state.
func sumAtOnce(b []byte, set Set) Sums {
	s := Sums{set: set}
	if set.Has(XXH3) {
		s.xxh3 = xxh3.Hash(b)
	}
	s.updateCRCs(b)
	if set.Has(MD5) {
		s.md5 = md5.Sum(b)
	}
	if set.Has(SHA256) {
		s.sha256 = sha256.Sum256(b)
	}
	return s
}

// updateCRCs adds p to the CRCs of the set; their sums are all the state that they have.
func (s *Sums) updateCRCs(p []byte) {
	if s.set.Has(CRC64ECMA) {
		s.ecma = updateECMA(s.ecma, p)
	}
	if s.set.Has(CRC64NVME) {
		s.nvme = crc64nvme.Update(s.nvme, p)
	}
	if s.set.Has(CRC32C) {
		s.crc32c = crc32.Update(s.crc32c, castagnoli, p)
	}
}
