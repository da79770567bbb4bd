package pipeline

import (
	"errors"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/sender"
)

// What the store says of an object decides what its row is: done only if nothing speaks against it, and its checksum
// for it.
func TestObjectIsWhatTheStoreSaysItIs(t *testing.T) {
	crc, none := hasher.FromUint64(hasher.CRC64NVME, 1), hasher.Checksum{}
	other, another := hasher.FromUint64(hasher.CRC64NVME, 2), hasher.FromUint64(hasher.CRC32C, 1)
	for _, c := range []struct {
		name     string
		whole    hasher.Checksum
		received string
		info     sender.Info
		err      error
		status   journal.Status
	}{
		{"the same", crc, "e", sender.Info{Size: 10, ETag: "e", Checksum: crc}, nil, journal.Done},
		{"the same, and no receipt had an ETag", crc, "", sender.Info{Size: 10, ETag: "e", Checksum: crc}, nil, journal.Done},
		{"no checksum", crc, "e", sender.Info{Size: 10, ETag: "e"}, nil, journal.Unverified},
		{"another kind of checksum", crc, "e", sender.Info{Size: 10, ETag: "e", Checksum: another}, nil, journal.Unverified},
		{"no checksum here nor there", none, "e", sender.Info{Size: 10, ETag: "e"}, nil, journal.Unverified},
		{"another checksum", crc, "e", sender.Info{Size: 10, ETag: "e", Checksum: other}, sender.ErrCorrupt, 0},
		{"another size", crc, "e", sender.Info{Size: 11, ETag: "e", Checksum: crc}, sender.ErrCorrupt, 0},
		{"another ETag", crc, "e", sender.Info{Size: 10, ETag: "x", Checksum: crc}, ErrOverwritten, 0},
		{"another object", crc, "e", sender.Info{Size: 11, ETag: "x", Checksum: other}, ErrOverwritten, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &file{object: sender.Object{Key: "k", Size: 10}}
			f.result = result{got: sender.Receipt{ETag: c.received}, whole: c.whole, status: journal.Done}
			err := judge(f, c.info)
			if !errors.Is(err, c.err) || err == nil && f.status != c.status {
				t.Errorf("%v, %v, want %v, %v", err, f.status, c.err, c.status)
			}
		})
	}
}
