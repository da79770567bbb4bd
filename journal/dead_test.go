package journal

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
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

// The next sync might succeed, and vouch for what the one that failed has lost.
func TestDeadJournalIsSynced(t *testing.T) {
	for _, all := range []bool{false, true} {
		j := dead()
		j.wanted = 1
		if upto, ok := j.unsynced(all); ok {
			t.Errorf("it is synced up to %+v", upto)
		}
	}
}

func TestDeathLeavesWaitingWhoeverFindsNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &Journal{
			buf: make([]byte, bufferLimit), storage: &storage{path: "j"},
			dead: make(chan struct{}), round: make(chan struct{}),
		}
		j.room = sync.NewCond(&j.mu)
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := j.Append(Dropped{Row: 1}); !errors.Is(err, ErrDead) {
				t.Error(err)
			}
		})
		synctest.Wait()
		j.die(errors.New("no space"))
		wg.Wait()
	})
}

func TestClosedJournalTakesARecord(t *testing.T) {
	j := &Journal{closing: true}
	j.room = sync.NewCond(&j.mu)
	if err := j.Append(Dropped{Row: 1}); !errors.Is(err, ErrClosed) || len(j.buf) > 0 {
		t.Errorf("%v, and %q is to be written", err, j.buf)
	}
}
