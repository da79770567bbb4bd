package pipeline

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
)

// vanishing returns a mapped part of several pages whose file has been cut to nothing, so that to touch it is a fault.
func vanishing(t *testing.T) (*lab, *part) {
	t.Helper()
	l := newLab(t)
	l.mode = reader.Mmap
	l.file("f", 64<<10)
	s, err := reader.New(reader.Options{Mode: reader.Mmap}).Open(l.path("f"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	chunk, err := s.Read(t.Context(), 0, 64<<10)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(chunk.Release)
	if !chunk.Mapped() {
		t.Skip("nothing is mapped here")
	}
	if err := os.Truncate(l.path("f"), 0); err != nil {
		t.Fatal(err)
	}
	f := &file{attempt: attempt{
		source: s, plan: Plan{Action: Begin, PartSize: 64 << 10, Parts: 1}, sums: sums{set: hasher.SetOf(hasher.XXH3)},
	}}
	f.row.Path = l.path("f")
	return l, &part{file: f, number: 1, n: 64 << 10, chunk: chunk}
}

func TestHashingWhatHasVanishedFailsThePart(t *testing.T) {
	_, p := vanishing(t)
	new(Runner).hash(p)
	if !errors.Is(p.err, reader.ErrChanged) {
		t.Errorf("got %v", p.err)
	}
}

func TestSendingWhatHasVanishedFailsThePart(t *testing.T) {
	l, p := vanishing(t)
	u, err := l.memory.Begin(t.Context(), &sender.Object{Key: "f"})
	if err != nil {
		t.Fatal(err)
	}
	p.file.upload = &u
	l.with(func(job Job) {
		r, err := New(job)
		if err != nil {
			t.Fatal(err)
		}
		if r.send(t.Context())(p); !errors.Is(p.err, reader.ErrChanged) {
			t.Errorf("got %v", p.err)
		}
	})
}

// lent is a source that was read already.
type lent struct {
	source
	chunk *reader.Chunk
}

func (s lent) Read(context.Context, int64, int) (*reader.Chunk, error) { return s.chunk, nil }

func TestDigestingWhatHasVanishedFailsTheFile(t *testing.T) {
	_, p := vanishing(t)
	f := p.file
	f.source = lent{f.source, p.chunk}
	d := hasher.NewDigest(hasher.SetOf(hasher.XXH3))
	if err := new(Runner).digest(t.Context(), d, f, 0, 64<<10); !errors.Is(err, reader.ErrChanged) {
		t.Errorf("got %v", err)
	}
}

// Where nobody compares, or compares too late, the bytes that are sent must not be the file itself.
func TestWhatNobodyComparesIsCopied(t *testing.T) {
	one, many := &file{attempt: attempt{plan: Plan{Action: Put}}}, &file{attempt: attempt{plan: Plan{Action: Begin}}}
	for _, c := range []struct {
		f    *file
		wire hasher.Algorithm
		want bool
	}{{one, hasher.CRC64NVME, true}, {one, hasher.None, true}, {many, hasher.None, true}, {many, hasher.CRC64NVME, false}} {
		if got := copies(c.f, c.wire); got != c.want {
			t.Errorf("%v, %v: copied %v", c.f.plan.Action, c.wire, got)
		}
	}
}
