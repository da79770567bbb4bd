package sendertest

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

// Subject is a store under test, and what the suite must know of it. The zero values stand for a store that can
// do everything.
type Subject struct {
	// Store is what is tested. It holds no object under Prefix.
	Store sender.Store

	// Settles is set for a store under sender.Stack, which finds out that a second Complete has nothing left to do.
	Settles bool

	// Read returns the bytes of an object by other means than the store. If it is nil, bytes are not compared.
	Read func(key string) ([]byte, error)

	// ContentType returns an object's content type by other means. If it is nil, it is not compared.
	ContentType func(key string) (string, error)

	// Prefix goes before every key of the suite.
	Prefix string

	// PartSize is the size of parts that the suite sends, at least Limits().MinPart. Default: that, or 4 KiB.
	PartSize int64

	// NoChecksum is set for a store that says no checksum, or not always: in receipts, lists or Head.
	NoChecksum bool

	// NoMetadata is set for a store that keeps no metadata. Its Check must then refuse them.
	NoMetadata bool

	// Replaces is set for a store that does not keep to OnlyNew.
	Replaces bool

	// ManyParts also sends and lists 1,001 parts of PartSize, which is more than a page of any known store.
	ManyParts bool
}

func (s Subject) withDefaults() Subject {
	if s.PartSize == 0 {
		s.PartSize = max(s.Store.Limits().MinPart, 4<<10)
	}
	return s
}

// Run holds a store against the contract of sender.Store. The factory is called once for every test of the suite,
// and cleans up by t.Cleanup.
func Run(t *testing.T, factory func(t *testing.T) Subject) {
	for _, group := range []map[string]func(*subject){puts, uploads, heads, keys, endings, news} {
		for name, test := range group {
			t.Run(name, func(t *testing.T) {
				test(&subject{Subject: factory(t).withDefaults(), T: t})
			})
		}
	}
}

// subject is a Subject within one test.
type subject struct {
	Subject
	*testing.T
}

// key returns the whole key of a name.
func (s *subject) key(name string) string { return s.Prefix + name }

// payload returns n bytes that differ for every seed, with the sums that the store wants, and ours.
func (s *subject) payload(seed uint64, n int64) sender.Payload {
	return Payload(Bytes(seed, n), s.Store.Wire())
}

// Payload returns data with its checksums of the algorithms given, and XXH3.
func Payload(data []byte, wire ...hasher.Algorithm) sender.Payload {
	return sender.Payload{Data: data, Sums: hasher.Sum(data, hasher.SetOf(append(wire, hasher.XXH3)...))}
}

// Bytes returns n bytes that look random and are the same for the same seed.
func Bytes(seed uint64, n int64) []byte {
	b := make([]byte, 0, n+8)
	for x := rand.NewPCG(seed, 0); int64(len(b)) < n; {
		b = binary.LittleEndian.AppendUint64(b, x.Uint64())
	}
	return b[:n]
}
