package pipeline

import (
	"context"
	"encoding/hex"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// uncertain are stores that state no checksum of the whole that ours could be compared with.
var uncertain = map[string]sendertest.MemoryOptions{
	"no checksums": {NoChecksum: true},
	"MD5":          {Wire: hasher.MD5},
}

// diesAfterComplete runs the job until the store has made the object, of which nobody hears: the answer is lost, the
// question too, and the process ends before the outcome.
func (l *lab) diesAfterComplete() {
	l.Helper()
	ctx, cancel := context.WithCancel(l.Context())
	lose := func(int) sendertest.Fault { return sendertest.Fault{Lose: true} }
	faults := sendertest.NewFaults(&hook{l.memory, cancel}).When(sendertest.Complete, lose)
	usual := l.faults
	l.faults = faults
	defer func() { l.faults = usual }()
	if _, err := l.runUnder(ctx); !errors.Is(err, ErrStopped) || len(l.memory.Keys()) != 1 {
		l.Fatalf("%v, objects %v", err, l.memory.Keys())
	}
}

// hook is a store that tells when it has completed an upload.
type hook struct {
	*sendertest.Memory
	completed func()
}

func (h *hook) Complete(ctx context.Context, u sender.Upload, o *sender.Object, c sender.Completion) (sender.Receipt, error) {
	defer h.completed()
	return h.Memory.Complete(ctx, u, o, c)
}

func TestLostCompleteIsSettledByTheNextRunThroughItsToken(t *testing.T) {
	for name, store := range uncertain {
		t.Run(name, func(t *testing.T) {
			l := newLabOn(t, sendertest.NewMemoryWith(store))
			l.file("large", 10*partSize)
			l.diesAfterComplete()
			p, err := l.run()
			if err != nil || p.Done+p.Unverified != 1 || p.SentParts != 0 || l.faults.Calls(sendertest.Complete) != 0 {
				t.Fatalf("%+v, %v", p, err)
			}
			l.same("large", "large")
		})
	}
}

func TestWithoutTokenALostCompleteIsSentAgain(t *testing.T) {
	for name, store := range uncertain {
		t.Run(name, func(t *testing.T) {
			l := newLabOn(t, sendertest.NewMemoryWith(store))
			l.options.NoToken = true
			l.file("large", 10*partSize)
			l.diesAfterComplete()
			p, err := l.run()
			if err != nil || p.Done+p.Unverified != 1 || p.SentParts != 10 {
				t.Fatalf("%+v, %v", p, err)
			}
			l.wantToken("large", "")
		})
	}
}

// wantToken expects an object to carry a token.
func (l *lab) wantToken(key, want string) (got string) {
	l.Helper()
	info, err := l.memory.Head(l.Context(), key)
	got = info.Metadata[sender.TokenKey]
	if err != nil || got != want && want != "any" {
		l.Errorf("%q has the token %q, want %q: %v", key, got, want, err)
	}
	return got
}

// Another job has stored an object of the same size under the key, after ours began: it is not ours.
func TestForeignObjectIsNotTakenForOurs(t *testing.T) {
	for _, noToken := range []bool{false, true} {
		l := newLabOn(t, sendertest.NewMemoryWith(sendertest.MemoryOptions{NoChecksum: true}))
		l.options.NoToken = noToken
		l.file("large", 10*partSize)
		l.diesAfterComplete()
		data := sendertest.Bytes(1, 10*partSize)
		if _, err := l.memory.Put(t.Context(), &sender.Object{Key: "large", Size: 10 * partSize}, sender.Payload{Data: data}); err != nil {
			t.Fatal(err)
		}
		if p, err := l.run(); err != nil || p.SentParts != 10 {
			t.Errorf("%+v, %v", p, err)
		}
		l.same("large", "large")
	}
}

func TestTokenHas128BitsAndIsOfOneRowAndOneStateOfItsSource(t *testing.T) {
	l := newLabOn(t, sendertest.NewMemoryWith(sendertest.MemoryOptions{NoChecksum: true}))
	l.file("a", 10)
	l.file("b", 10*partSize, `"metadata":{"x":"y"}`)
	tokens := map[string]bool{}
	for range 2 {
		if _, err := l.run(); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"a", "b"} {
			token := l.wantToken(key, "any")
			if bits, err := hex.DecodeString(token); err != nil || len(bits) != 16 {
				t.Errorf("%q: %v", token, err)
			}
			tokens[token] = true
		}
		// The rows are to be sent once more, from sources of another state.
		if err := errors.Join(os.Remove(l.path("journal")), os.Chtimes(l.path("a"), time.Time{}, time.Now())); err != nil {
			t.Fatal(err)
		}
	}
	if len(tokens) != 4 {
		t.Errorf("%d different tokens, want 4", len(tokens))
	}
	if info, _ := l.memory.Head(t.Context(), "b"); info.Metadata["x"] != "y" {
		t.Error("the row's own metadata are gone")
	}
}

// fixed is a source of which nothing but its identity is known.
type fixed struct {
	source
	id reader.Identity
}

func (f fixed) Identity() reader.Identity { return f.id }

// tokenOf is the token of a row of a job that began then.
func tokenOf(began time.Time, row int64, key string, now reader.Identity, plan Action, begun journal.Source) string {
	r := &Runner{job: Job{Known: &journal.State{Created: began}}}
	f := &file{
		known:   &journal.Upload{Begun: journal.Begun{Source: begun}},
		attempt: attempt{source: fixed{id: now}, plan: Plan{Action: plan}},
	}
	f.row.Number, f.object.Key = row, key
	return r.token(f)
}

// Two tokens are equal only if the job, the row and the state of the source are; else what one run stored would be
// taken for what another was to store.
func TestTokenTellsEverythingApart(t *testing.T) {
	began, id := time.Unix(1, 1), reader.Identity{Device: 1, Inode: 2, Size: 3, Modified: 4, Changed: 5}
	first := tokenOf(began, 1, "k", id, Put, journal.Source{})
	if tokenOf(began, 1, "k", id, Begin, journal.Source{}) != first {
		t.Error("the token changes from run to run")
	}
	others := []string{
		first, tokenOf(began.Add(1), 1, "k", id, Put, journal.Source{}),
		tokenOf(began, 2, "k", id, Put, journal.Source{}), tokenOf(began, 1, "l", id, Put, journal.Source{}),
	}
	for _, change := range []func(*reader.Identity){
		func(i *reader.Identity) { i.Device++ }, func(i *reader.Identity) { i.Inode++ }, func(i *reader.Identity) { i.Size++ },
		func(i *reader.Identity) { i.Modified++ }, func(i *reader.Identity) { i.Changed++ },
	} {
		other := id
		change(&other)
		others = append(others, tokenOf(began, 1, "k", other, Put, journal.Source{}))
	}
	slices.Sort(others)
	if n := len(slices.Compact(others)); n != 9 {
		t.Errorf("%d different tokens, want 9", n)
	}
}

// The object has what its upload was begun with, whatever became of the source since.
func TestUploadKeepsTheTokenThatItWasBegunWith(t *testing.T) {
	began, then := time.Unix(1, 1), reader.Identity{Inode: 2, Modified: 4}
	now := reader.Identity{Inode: 2, Modified: 5}
	want := tokenOf(began, 1, "k", then, Begin, journal.Source{})
	for _, plan := range []Action{CarryOn, Rehash} {
		if got := tokenOf(began, 1, "k", now, plan, journal.Source(then)); got != want {
			t.Errorf("%v: %s, want %s", plan, got, want)
		}
	}
}

func TestRowKeepsItsOwnToken(t *testing.T) {
	l := newLabOn(t, sendertest.NewMemoryWith(sendertest.MemoryOptions{NoChecksum: true}))
	l.file("a", 10, `"metadata":{"ingest-token":"mine"}`)
	l.file("b", 3*partSize, `"metadata":{"Ingest-Token":"mine"}`)
	if _, err := l.run(); err != nil {
		t.Fatal(err)
	}
	l.wantToken("a", "mine")
	l.wantToken("b", "")
}

// Where the store's checksum settles everything, objects are what their rows say and no more.
func TestNoTokenWhereAChecksumDecides(t *testing.T) {
	l := newLab(t)
	l.mixed()
	l.finish()
	for _, key := range l.memory.Keys() {
		l.wantToken(key, "")
	}
}

// narrow is a store that takes no metadata.
type narrow struct{ *sendertest.Memory }

func (narrow) Check(o *sender.Object) error {
	if len(o.Metadata) > 0 {
		return errBroken
	}
	return nil
}

func TestTokenThatTheStoreWouldRefuseIsLeftOut(t *testing.T) {
	l := newLabOn(t, sendertest.NewMemoryWith(sendertest.MemoryOptions{NoChecksum: true}))
	l.faults = sendertest.NewFaults(narrow{l.memory})
	l.file("a", 10)
	if p, err := l.run(); err != nil || p.Unverified != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	l.wantToken("a", "")
}
