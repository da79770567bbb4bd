package pipeline

import (
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
)

// A part has a size in the plan, one in the journal and one in the store.
func TestPartIsClaimedOnlyIfAllItsSizesAreTheSame(t *testing.T) {
	for _, c := range []struct {
		name             string
		recorded, stored int64
		want             bool
	}{
		{"all the same", 10, 10, true},
		{"the journal has another", 9, 10, false},
		{"the plan has another", 9, 9, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			known := &journal.Upload{Parts: map[int]journal.Part{1: {Number: 1, Size: c.recorded, ETag: "a"}}}
			stored := listing([]sender.StoredPart{{Number: 1, Size: c.stored, ETag: "a"}}, nil)
			got, err := claims(Plan{Action: CarryOn, PartSize: 10, Parts: 2}, 20, known, stored)
			if _, ok := got[1]; err != nil || ok != c.want {
				t.Errorf("got %v, %v; want claimed: %v", got, err, c.want)
			}
		})
	}
}

// Whatever was agreed on before, the step that has the bytes looks at their number and their checksum.
func TestPartIsKeptOnlyIfItsBytesAreTheSame(t *testing.T) {
	l := newLab(t)
	l.write("f", []byte("0123456789"))
	set := hasher.SetOf(hasher.XXH3)
	sum := hasher.Sum([]byte("01234"), set).Get(hasher.XXH3).Uint64()
	for _, c := range []struct {
		name  string
		claim journal.Part
		want  bool
	}{
		{"the same", journal.Part{Size: 5, XXH3: sum}, true},
		{"another size", journal.Part{Size: 6, XXH3: sum}, false},
		{"another checksum", journal.Part{Size: 5, XXH3: sum + 1}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := reader.New(reader.Options{}).Open(l.path("f"))
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			chunk, err := s.Read(t.Context(), 0, 5)
			if err != nil {
				t.Fatal(err)
			}
			p := &part{file: &file{attempt: attempt{plan: Plan{Action: Rehash}, sums: sums{set: set}}}, n: 5, claim: &c.claim, chunk: chunk}
			defer p.release()
			new(Runner).hash(p)
			if p.err != nil || p.kept != c.want {
				t.Errorf("kept: %v, %v", p.kept, p.err)
			}
		})
	}
}

// A journal that does not know into which parts an upload was cut cannot say what they are.
func TestUploadOfUnknownPartSizeStartsOver(t *testing.T) {
	now := reader.Identity{Inode: 7, Size: 40 * mib, Modified: 1}
	got, err := Decide(now, upload(0, now), 16*mib, ossLike)
	if want := (Plan{Action: Begin, Abort: true, PartSize: 16 * mib, Parts: 3}); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}
