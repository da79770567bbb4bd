package pipeline

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// closing is how the two rows of a session end, "a" proven and "b" in a way of its own.
type closing struct {
	store  sendertest.MemoryOptions
	rows   manifests.Row // what both have
	rule   IfExists
	broken bool // the source of b is missing
	accept Accept
	well   bool
}

// errUnheard is why the application server did not hear of b.
var errUnheard = &sender.Error{Op: "call back", Code: "CallbackFailed"}

var unheard = sendertest.MemoryOptions{Callback: func(o *sender.Object) *sender.Callback {
	if o.Key == "a" {
		return &sender.Callback{Answer: []byte("{}")}
	}
	return &sender.Callback{Err: errUnheard}
}}

func TestSessionHasAnotherIdeaOfItsEndThanItsJournal(t *testing.T) {
	called, all := manifests.Row{Callback: "{}"}, Accept{Unverified: true, CallbackFailed: true}
	for name, e := range map[string]closing{
		"proven":               {well: true},
		"kept":                 {rule: Skip, well: true},
		"failed":               {broken: true, accept: all},
		"unheard":              {store: unheard, rows: called, accept: Accept{Unverified: true}},
		"unheard, accepted":    {store: unheard, rows: called, accept: Accept{CallbackFailed: true}, well: true},
		"unproven":             {store: sendertest.MemoryOptions{NoChecksum: true}, accept: Accept{CallbackFailed: true}},
		"unproven, accepted":   {store: sendertest.MemoryOptions{NoChecksum: true}, accept: Accept{Unverified: true}, well: true},
		"failed among unheard": {store: unheard, rows: called, broken: true, accept: all},
	} {
		t.Run(name, e.test)
	}
}

func (e closing) test(t *testing.T) {
	memory := sendertest.NewMemoryWith(e.store)
	s := settings(t, memory, 10, map[bool]int64{false: 20, true: -1}[e.broken])
	s.Options.Accept, s.Options.IfExists = e.accept, e.rule
	m, err := manifests.Open(filepath.Join(s.Manifest.Root(), "rows.txt"), manifests.Options{Defaults: &e.rows})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s.Manifest = m
	if e.rule == Skip {
		if _, err := memory.Put(t.Context(), &sender.Object{Key: "b"}, sendertest.Payload([]byte("theirs"))); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // a job that did not end well is taken up again, and ends in the same way
		run := session(t, s)
		if err := run.Run(t.Context()); errors.Is(err, ErrRows) == e.well || err != nil && e.well {
			t.Errorf("run: %v, want well: %t", err, e.well)
		}
		if err := run.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(s.Journal); errors.Is(err, fs.ErrNotExist) != e.well {
			t.Errorf("the journal: %v, want it to be gone: %t", err, e.well)
		}
	}
}

// What is accepted is not told as what went wrong.
func TestAcceptedRowIsBlamed(t *testing.T) {
	s := settings(t, sendertest.NewMemoryWith(unheard), 10, 20, -1)
	m, err := manifests.Open(filepath.Join(s.Manifest.Root(), "rows.txt"), manifests.Options{Defaults: &manifests.Row{Callback: "{}"}})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s.Manifest, s.Options.Accept, s.Options.Parallel = m, Accept{CallbackFailed: true}, 1
	run := session(t, s)
	defer run.Close()
	if err := run.Run(t.Context()); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, errUnheard) {
		t.Error(err)
	}
}
