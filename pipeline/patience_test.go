package pipeline

import (
	"errors"
	"fmt"
	"testing"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// An object of many parts whose every part fails costs its retries once, not once a part.
func TestRetriesAreOfTheObjectNotOfThePart(t *testing.T) {
	l := newLab(t)
	l.options.Retries, l.options.Parallel, l.stack = 3, 1, sender.Options{Outage: -1}
	l.file("large", 50*partSize)
	l.faults.Always(sendertest.SendPart, sendertest.Fault{Fail: errBroken})
	l.failure("")
	if calls := l.faults.Calls(sendertest.SendPart); calls != 4 {
		t.Errorf("%d calls for a part that cannot be sent, want 4", calls)
	}
}

// What restarts the row does not give it new retries.
func TestRestartsOfARowShareItsRetries(t *testing.T) {
	l := newLab(t)
	l.options.Retries, l.options.Parallel, l.stack = 2, 1, sender.Options{Outage: -1}
	l.file("f", 100)
	l.faults.Always(sendertest.Put, sendertest.Fault{Flip: true})
	l.failure("StoredCorrupt")
	if calls := l.faults.Calls(sendertest.Put); calls != 3+2 {
		t.Errorf("%d calls, want 3, and 1 for each of 2 restarts", calls)
	}
}

// One bad object leaves the others their retries.
func TestEachRowHasRetriesOfItsOwn(t *testing.T) {
	l := newLab(t)
	l.options.Retries, l.options.Parallel, l.stack = 1, 1, sender.Options{Outage: -1}
	for i := range 8 {
		l.file(fmt.Sprint("f", i), 10)
	}
	l.faults.When(sendertest.Put, func(n int) sendertest.Fault {
		if n%2 == 0 { // each row but the first, once
			return sendertest.Fault{Fail: errBroken}
		}
		return sendertest.Fault{}
	})
	l.finish()
}

// quitting is the answer to a request that was not tried again.
func quitting(before error) error {
	return &sender.Error{Kind: sender.TryAgain, Err: fmt.Errorf("%w, after %w", sender.ErrQuitting, before)}
}

// The run is ending: a row whose requests are not tried again has no outcome, and keeps its upload whatever its
// last try met.
func TestRowThatIsNotTriedAgainHasNoOutcome(t *testing.T) {
	for _, before := range []error{errBroken, sender.ErrCorrupt, sender.ErrNoSuchUpload, sender.ErrInvalidPart} {
		for _, op := range []sendertest.Op{sendertest.Begin, sendertest.SendPart, sendertest.Complete, sendertest.Put} {
			t.Run(fmt.Sprint(op, "/", before), func(t *testing.T) {
				l := newLab(t)
				l.options.Parallel = 1
				l.file("large", 5*partSize)
				l.file("small", 5)
				l.faults.When(op, func(n int) sendertest.Fault {
					if n == third(op) {
						return sendertest.Fault{Fail: quitting(before)}
					}
					return sendertest.Fault{}
				})
				p, err := l.run()
				if !errors.Is(err, ErrStopped) || !errors.Is(err, sender.ErrQuitting) || p.Failed != 0 || l.saw(SentAgain) != 0 {
					t.Fatalf("%+v, %v", p, err)
				}
				l.with(func(job Job) {
					if n := job.Known.Failed.GetCardinality(); n != 0 {
						t.Errorf("%d rows have failed", n)
					}
					if op == sendertest.SendPart && len(job.Known.Uploads) != 1 {
						t.Error("the upload is forgotten")
					}
				})
				if again := l.finish(); op == sendertest.SendPart && again.SentParts+p.SentParts != 6 {
					t.Errorf("sent %d parts, then %d", p.SentParts, again.SentParts)
				}
			})
		}
	}
}

// third is which call of a method is to fail: the third part, or the first of the others.
func third(op sendertest.Op) int {
	if op == sendertest.SendPart {
		return 3
	}
	return 1
}

// Rows that come after the end was announced have no outcome, and their first try, if it failed, is the last.
func TestQuitEndsARunThatWaits(t *testing.T) {
	l := newLab(t)
	quit := make(chan struct{})
	l.options.Retries, l.stack = 100, sender.Options{Quit: quit, Outage: -1}
	for i := range 30 {
		l.file(fmt.Sprint("f", i), 10)
	}
	var r *Runner
	l.faults.When(sendertest.Put, func(n int) sendertest.Fault {
		if n == 10 {
			r.Stop(errBroken)
			close(quit)
		}
		return sendertest.Fault{Fail: errBroken}
	})
	p, err := l.run(func(running *Runner) { r = running })
	if !errors.Is(err, ErrStopped) || p.Done != 0 || p.Failed != 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	l.with(func(job Job) {
		if o, ok, err := outcomeOf(t, job, 1); ok || err != nil {
			t.Errorf("%+v, %v", o, err)
		}
	})
}

func outcomeOf(t *testing.T, job Job, row int64) (journal.Outcome, bool, error) {
	t.Helper()
	outcomes, err := job.Journal.Outcomes(t.Context(), job.Total)
	if err != nil {
		t.Fatal(err)
	}
	defer outcomes.Close()
	return outcomes.Get(row)
}
