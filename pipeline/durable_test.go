package pipeline

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// losesJournal removes the journal's file before the n-th call of a method: a sync finds that out.
func (l *lab) losesJournal(op sendertest.Op, n int, then func()) {
	l.faults.When(op, func(call int) sendertest.Fault {
		if call == n {
			if err := os.Remove(l.path("journal")); err != nil {
				l.Error(err)
			}
			then()
		}
		return sendertest.Fault{}
	})
}

// An upload whose id a crash might lose gets no part, and is not left behind.
func TestUploadWhoseIDIsNotDurableGetsNoPart(t *testing.T) {
	l := newLab(t)
	l.file("large", 10*partSize)
	l.losesJournal(sendertest.Begin, 1, func() {})
	if p, err := l.run(); !errors.Is(err, journal.ErrDead) || p.Failed != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	if n := l.faults.Calls(sendertest.SendPart); n != 0 {
		t.Errorf("%d parts were sent", n)
	}
	if n := l.memory.OpenUploads(); n != 0 {
		t.Errorf("%d uploads are left open, which nobody knows", n)
	}
}

// Who dies at Complete knows the object by its parts, if the journal has them all.
func TestNothingIsCompletedWhosePartsAreNotDurable(t *testing.T) {
	l := newLab(t)
	l.file("large", 10*partSize)
	l.losesJournal(sendertest.SendPart, 10, func() {})
	if p, err := l.run(); !errors.Is(err, journal.ErrDead) || p.Failed != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	if n := l.faults.Calls(sendertest.Complete); n != 0 {
		t.Errorf("%d objects were completed", n)
	}
}

// All is stored, and none of it noted for good.
func TestRunWhoseEndIsNotDurableHasNotEndedWell(t *testing.T) {
	l := newLab(t)
	l.file("small", 10)
	l.losesJournal(sendertest.Put, 1, func() {})
	if p, err := l.run(); !errors.Is(err, journal.ErrDead) {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestDeadJournalStopsTheRun(t *testing.T) {
	l := newLab(t)
	for i := range 200 {
		l.file(fmt.Sprint("f", i), 10)
	}
	p, err := l.run(func(r *Runner) {
		l.losesJournal(sendertest.Put, 20, func() { <-r.job.Journal.Dead() })
	})
	if !errors.Is(err, journal.ErrDead) || p.Failed != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	if n := l.faults.Calls(sendertest.Put); n > 60 {
		t.Errorf("%d objects were sent, of which a dead journal forgets all after the 20th", n)
	}
}
