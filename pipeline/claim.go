package pipeline

import (
	"iter"
	"strings"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/sender"
)

// claims returns the parts of an upload that journal and store agree on: the same number, size and ETag, the size
// that the plan gives the part, and the same checksum where the store says one. A part that only one of the two
// knows is no claim and is sent again. stored ends the listing with its first error.
func claims(p Plan, size int64, known *journal.Upload, stored iter.Seq2[sender.StoredPart, error]) (map[int]journal.Part, error) {
	agreed := make(map[int]journal.Part, len(known.Parts))
	for s, err := range stored {
		if err != nil {
			return nil, err
		}
		k, ok := known.Parts[s.Number]
		if _, n := p.Layout(s.Number, size); ok && n == s.Size && agrees(k, s) {
			agreed[s.Number] = k
		}
	}
	return agreed, nil
}

func agrees(k journal.Part, s sender.StoredPart) bool {
	if k.Size != s.Size || !strings.EqualFold(k.ETag, s.ETag) {
		return false
	}
	alike := s.Checksum.Algorithm == k.Checksum.Algorithm && !s.Checksum.IsZero()
	return !alike || s.Checksum == k.Checksum
}
