package pipeline

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"strings"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/sender"
)

// metadata is what goes with the file's object: what its row states, and a token under [sender.TokenKey] where
// nothing else could settle a lost answer: the store states no checksum that combines to the whole, or refuses to
// replace an object, which may be ours, or another's of the same bytes.
//
// Metadata that the row states under that key are its token then, and the row's author answers for its being of
// this object alone. An object that the store would refuse for the token goes without.
func (r *Runner) metadata(f *file) map[string]string {
	stated := f.row.Metadata
	if r.opts.NoToken || r.job.Store.Wire().Combines() && !r.opts.conditional() || hasToken(stated) {
		return stated
	}
	signed := f.object
	signed.Metadata = maps.Clone(stated)
	if signed.Metadata == nil {
		signed.Metadata = make(map[string]string, 1)
	}
	signed.Metadata[sender.TokenKey] = r.token(f)
	if r.job.Store.Check(&signed) != nil {
		return stated
	}
	return signed.Metadata
}

// hasToken reports whether metadata has the token's key, in any case: they are HTTP headers.
func hasToken(metadata map[string]string) bool {
	for k := range metadata {
		if strings.EqualFold(k, sender.TokenKey) {
			return true
		}
	}
	return false
}

// token is the same in every run of a job that sends the same state of the row's source, and in no other job. So an
// object that bears it was sent by this job, from these bytes. An upload has the one that it was begun with.
//
// A job is known by the moment when its journal was created, which is kept when the journal is written anew; the
// journal's own id is not.
func (r *Runner) token(f *file) string {
	from := journal.Source(f.source.Identity())
	if f.plan.Action == CarryOn || f.plan.Action == Rehash {
		from = f.known.Begun.Source
	}
	b := append(make([]byte, 0, 256), sender.TokenKey...)
	for _, n := range [...]int64{
		r.job.Known.Created.UnixNano(), f.row.Number,
		int64(from.Device), int64(from.Inode), from.Size, from.Modified, from.Changed,
	} {
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	sum := sha256.Sum256(append(b, f.object.Key...))
	return hex.EncodeToString(sum[:16])
}
