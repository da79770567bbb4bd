package s3

import (
	"sync/atomic"

	"github.com/ingest-dev/ingest/hasher"
)

// negotiation is which checksum travels with the bytes, as far as the endpoint's answers have settled it. It only
// ever steps down.
type negotiation struct {
	auto bool
	now  atomic.Uint32 // a hasher.Algorithm
}

// lower maps a checksum to the one to try where an endpoint cannot do it.
var lower = map[hasher.Algorithm]hasher.Algorithm{
	hasher.CRC64NVME: hasher.CRC32C,
	hasher.CRC32C:    hasher.MD5,
}

func (n *negotiation) start(c Checksum) {
	n.auto = c == Auto
	n.now.Store(uint32(checksums[c].algorithm))
}

func (n *negotiation) current() hasher.Algorithm { return hasher.Algorithm(n.now.Load()) }

// below returns the checksum to try after a, or false if there is none or the user wants no other.
func (n *negotiation) below(a hasher.Algorithm) (hasher.Algorithm, bool) {
	b, ok := lower[a]
	return b, ok && n.auto
}

// settle replaces from by to, unless somebody else has replaced it already.
func (n *negotiation) settle(from, to hasher.Algorithm) {
	n.now.CompareAndSwap(uint32(from), uint32(to))
}

// negotiate runs try with the current checksum, and with lower ones while the endpoint cannot do it: while try says
// that the store did not compare, or fails as a refusal of the checksum. A lower one is kept only once it has worked.
func (n *negotiation) negotiate(try func(hasher.Algorithm) (compared bool, err error)) error {
	first := n.current()
	for a := first; ; {
		compared, err := try(a)
		next, ok := n.below(a)
		if ok && (err == nil && !compared || refusesChecksum(err)) {
			a = next
			continue
		}
		if err == nil {
			n.settle(first, a)
		}
		return err
	}
}
