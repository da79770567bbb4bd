package pipeline

import (
	"errors"
	"iter"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/sender"
)

func listing(parts []sender.StoredPart, err error) iter.Seq2[sender.StoredPart, error] {
	return func(yield func(sender.StoredPart, error) bool) {
		for _, p := range parts {
			if !yield(p, nil) {
				return
			}
		}
		if err != nil {
			yield(sender.StoredPart{}, err)
		}
	}
}

func TestPartIsClaimedOnlyIfJournalAndStoreAgree(t *testing.T) {
	sum := hasher.FromUint64(hasher.CRC64ECMA, 1)
	plan := Plan{Action: CarryOn, PartSize: 10, Parts: 2}
	recorded := journal.Part{Number: 1, Size: 10, ETag: "ABC", Checksum: sum}
	for _, c := range []struct {
		name   string
		stored sender.StoredPart
		want   bool
	}{
		{"the same", sender.StoredPart{Number: 1, Size: 10, ETag: "abc", Checksum: sum}, true},
		{"the store says no checksum", sender.StoredPart{Number: 1, Size: 10, ETag: "ABC"}, true},
		{"the store says another kind of checksum", sender.StoredPart{Number: 1, Size: 10, ETag: "ABC", Checksum: hasher.FromUint64(hasher.CRC32C, 9)}, true},
		{"another checksum", sender.StoredPart{Number: 1, Size: 10, ETag: "ABC", Checksum: hasher.FromUint64(hasher.CRC64ECMA, 2)}, false},
		{"another ETag", sender.StoredPart{Number: 1, Size: 10, ETag: "ABD", Checksum: sum}, false},
		{"another size", sender.StoredPart{Number: 1, Size: 9, ETag: "ABC", Checksum: sum}, false},
		{"another number", sender.StoredPart{Number: 2, Size: 10, ETag: "ABC", Checksum: sum}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			known := &journal.Upload{Parts: map[int]journal.Part{1: recorded}}
			got, err := claims(plan, 20, known, listing([]sender.StoredPart{c.stored}, nil))
			if _, ok := got[1]; err != nil || ok != c.want || len(got) > 1 {
				t.Errorf("got %v, %v; want claimed: %v", got, err, c.want)
			}
		})
	}
}

func TestListingThatFailsClaimsNothing(t *testing.T) {
	broken := errors.New("broken")
	_, err := claims(Plan{PartSize: 10, Parts: 2}, 20, &journal.Upload{}, listing(nil, broken))
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
