package journal

import (
	"errors"
	"sync"
	"testing"
)

// dead returns a journal as a failed sync leaves it, with a record that was not written yet.
func dead() *Journal {
	j := &Journal{err: ErrDead, buf: []byte("a frame"), inFile: 1}
	j.frames.last = 2
	j.room = sync.NewCond(&j.mu)
	return j
}

func TestDeadJournalTakesARecord(t *testing.T) {
	j := dead()
	if err := j.Append(Dropped{Row: 1}); !errors.Is(err, ErrDead) || string(j.buf) != "a frame" {
		t.Errorf("%v, and %q is to be written", err, j.buf)
	}
}

// What lies behind a write or a sync that failed might be found by the next run, and what lies before it not.
func TestDeadJournalIsWrittenTo(t *testing.T) {
	if b := dead().take(); len(b.frames) > 0 || !b.final || b.upto != 1 {
		t.Errorf("%+v is written", b)
	}
}

func TestClosedJournalTakesARecord(t *testing.T) {
	j := &Journal{closing: true}
	j.room = sync.NewCond(&j.mu)
	if err := j.Append(Dropped{Row: 1}); !errors.Is(err, ErrClosed) || len(j.buf) > 0 {
		t.Errorf("%v, and %q is to be written", err, j.buf)
	}
}
