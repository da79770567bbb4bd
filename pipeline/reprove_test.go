package pipeline

import (
	"context"
	"errors"
	"testing"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// What an earlier run could not prove is asked about again: what the store proves by now is done without being sent,
// what it has no more, or has otherwise, is sent, and what it still says nothing of stays as it is.
func TestUnprovenRowsAreAskedAboutAgain(t *testing.T) {
	ours, others := sendertest.Bytes(0, 20), sendertest.Bytes(7, 20)
	for name, e := range map[string]struct {
		now    []byte // what the store has by then
		mute   bool   // and if it still says no checksum
		rule   IfExists
		accept bool
		sent   int64
		done   int64
	}{
		"proven by now":           {now: ours, done: 1},
		"another's by now":        {now: others, sent: 1, done: 1},
		"of another size by now":  {now: others[:10], sent: 1, done: 1},
		"gone":                    {sent: 1, done: 1},
		"still mute":              {now: ours, mute: true},
		"still mute, but shorter": {now: ours[:10], mute: true, sent: 1},
		"not to be replaced":      {now: others, rule: Skip},
		"accepted":                {now: others, accept: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := settings(t, sendertest.NewMemoryWith(sendertest.MemoryOptions{NoChecksum: true}), 20)
			s.Options.IfExists = e.rule
			ended(t, s, false)

			store := sendertest.NewMemoryWith(sendertest.MemoryOptions{NoChecksum: e.mute})
			if e.now != nil {
				if _, err := store.Put(t.Context(), &sender.Object{Key: "a"}, sendertest.Payload(e.now)); err != nil {
					t.Fatal(err)
				}
			}
			s.Store, s.Options.Accept.Unverified = store, e.accept
			p, sent := ended(t, s, e.done == 1 || e.accept)
			if sent != e.sent || p.Done != e.done || p.Unverified != 1-e.done || p.Settled() != 1 || p.Bytes != 20 {
				t.Errorf("%d sent, %+v", sent, p)
			}
		})
	}
}

// ended runs a session to its end, and returns what came of it and how many objects were sent.
func ended(t *testing.T, s Settings, well bool) (Progress, int64) {
	t.Helper()
	run := session(t, s)
	if err := run.Run(t.Context()); errors.Is(err, ErrRows) == well || err != nil && well {
		t.Errorf("%v, want it to end well: %t", err, well)
	}
	if err := run.Close(); err != nil {
		t.Error(err)
	}
	return run.Progress(), run.counters.ObjectsSent.Load()
}

// silenced answers no question about objects.
type silenced struct{ *sendertest.Memory }

func (silenced) Head(context.Context, string) (sender.Info, error) {
	return sender.Info{}, &sender.Error{Kind: sender.GiveUp, Op: "head object", Status: 403, Code: "AccessDenied"}
}

// The journal takes nothing back of what is stored: the row fails in this run, and the next one asks again.
func TestUnprovenRowThatCannotBeAskedAboutStaysStored(t *testing.T) {
	memory := sendertest.NewMemoryWith(sendertest.MemoryOptions{NoChecksum: true})
	s := settings(t, memory, 20)
	ended(t, s, false)
	s.Store = silenced{memory}
	if p, sent := ended(t, s, false); p.Failed != 1 || p.Settled() != 1 || sent != 0 {
		t.Errorf("%d sent, %+v", sent, p)
	}
	s.Store = memory
	if p, sent := ended(t, s, false); p.Unverified != 1 || p.Settled() != 1 || sent != 0 {
		t.Errorf("afterwards: %d sent, %+v", sent, p)
	}
}
