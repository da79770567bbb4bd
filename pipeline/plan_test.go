package pipeline

import (
	"errors"
	"testing"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
	"pgregory.net/rapid"
)

const mib = 1 << 20

var ossLike = sender.Limits{MinPart: 100 << 10, MaxPart: 5 << 30, MaxParts: 10_000, MaxPut: 5 << 30, MaxObject: 48 << 40}

func upload(partSize int64, source reader.Identity, parts ...int) *journal.Upload {
	u := &journal.Upload{
		Begun: journal.Begun{UploadID: "u", PartSize: partSize, Source: journal.Source(source)},
		Parts: map[int]journal.Part{},
	}
	for _, n := range parts {
		u.Parts[n] = journal.Part{Number: n, Size: partSize}
	}
	return u
}

func TestResumeTable(t *testing.T) {
	now := reader.Identity{Inode: 7, Size: 40 * mib, Modified: 1}
	touched, grown, shrunk := now, now, now
	touched.Modified, grown.Size, shrunk.Size = 2, 70*mib, 9*mib
	for _, c := range []struct {
		name  string
		now   reader.Identity
		known *journal.Upload
		want  Plan
	}{
		{"nothing known, small", shrunk, nil, Plan{Action: Put, PartSize: 16 * mib, Parts: 1}},
		{"nothing known, large", now, nil, Plan{Action: Begin, PartSize: 16 * mib, Parts: 3}},
		{"nothing known, empty", reader.Identity{}, nil, Plan{Action: Put, PartSize: 16 * mib, Parts: 1}},
		{"some parts, unchanged", now, upload(8*mib, now, 1, 3), Plan{Action: CarryOn, PartSize: 8 * mib, Parts: 5}},
		{"some parts, touched", touched, upload(8*mib, now, 1, 3), Plan{Action: Rehash, PartSize: 8 * mib, Parts: 5}},
		{"some parts, grown", grown, upload(8*mib, now, 1, 3), Plan{Action: Rehash, PartSize: 8 * mib, Parts: 9}},
		{"shrunk below a known part", shrunk, upload(8*mib, now, 1, 3), Plan{Action: Put, Abort: true, PartSize: 16 * mib, Parts: 1}},
		{"grown beyond the number of parts", reader.Identity{Size: 8 << 40}, upload(8*mib, now, 1),
			Plan{Action: Begin, Abort: true, PartSize: 839 * mib, Parts: 9999}},
		{"became empty", reader.Identity{}, upload(8*mib, now), Plan{Action: Put, Abort: true, PartSize: 16 * mib, Parts: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Decide(c.now, c.known, 16*mib, ossLike)
			if err != nil || got != c.want {
				t.Errorf("got %+v, %v; want %+v", got, err, c.want)
			}
		})
	}
}

func TestSourceLargerThanAnObjectFails(t *testing.T) {
	_, err := Decide(reader.Identity{Size: ossLike.MaxObject + 1}, nil, 16*mib, ossLike)
	if !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}

// Whatever the size and the wish, the parts cover the source exactly and the store takes them.
func TestPartsCoverTheSource(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(0, ossLike.MaxObject).Draw(t, "size")
		want := rapid.Int64Range(1, ossLike.MaxPart).Draw(t, "part size")
		p, err := Decide(reader.Identity{Size: size}, nil, want, ossLike)
		if err != nil {
			t.Fatal(err)
		}
		if p.Parts < 1 || p.Parts > ossLike.MaxParts {
			t.Fatalf("%d parts", p.Parts)
		}
		if p.PartSize < ossLike.MinPart || p.PartSize > ossLike.MaxPart {
			t.Fatalf("part size %d", p.PartSize)
		}
		off, n := p.Layout(p.Parts, size)
		if off+n != size || n < 0 || (size > 0 && n == 0) {
			t.Fatalf("last part at %d of %d bytes does not end a source of %d", off, n, size)
		}
	})
}

// A plan that keeps an upload keeps its part size, and no known part lies beyond the source's end.
func TestCarriedUploadKeepsItsLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source := reader.Identity{Size: rapid.Int64Range(0, 1<<33).Draw(t, "size"), Modified: 1}
		known := upload(rapid.Int64Range(1<<18, 1<<26).Draw(t, "part size"), source,
			rapid.SliceOfN(rapid.IntRange(1, 10_000), 0, 8).Draw(t, "parts")...)
		source.Modified = rapid.Int64Range(1, 2).Draw(t, "modified")
		p, err := Decide(source, known, 16*mib, ossLike)
		if err != nil {
			t.Fatal(err)
		}
		kept := p.Action == CarryOn || p.Action == Rehash
		if kept == p.Abort {
			t.Fatalf("an open upload is neither kept nor aborted: %+v", p)
		}
		for n := range known.Parts {
			if kept && (p.PartSize != known.Begun.PartSize || n > p.Parts) {
				t.Fatalf("%+v keeps an upload with part %d of %d bytes", p, n, known.Begun.PartSize)
			}
		}
		if p.Action == CarryOn && source.Modified != 1 {
			t.Fatal("a changed source is carried on without looking at its bytes")
		}
	})
}
