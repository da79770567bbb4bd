package pipeline

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

func TestStoppedRunGoesOnWhereItWas(t *testing.T) {
	l := newLab(t)
	parts := l.mixed()
	var left atomic.Int64 // calls for data until the run is stopped
	var running atomic.Pointer[Runner]
	count := func(int) sendertest.Fault {
		if left.Add(-1) == 0 {
			running.Load().Stop(errBroken)
		}
		return sendertest.Fault{}
	}
	l.faults.When(sendertest.SendPart, count).When(sendertest.Put, count)
	var sent int64
	for runs := 0; ; runs++ {
		left.Store(9)
		p, err := l.run(func(r *Runner) { running.Store(r) })
		sent += p.SentParts
		if err == nil && runs > 2 {
			break
		}
		if !errors.Is(err, ErrStopped) || !errors.Is(err, errBroken) || runs > 20 {
			t.Fatalf("run %d: %v", runs, err)
		}
	}
	l.finish()
	if sent != parts {
		t.Errorf("%d parts were sent, want %d", sent, parts)
	}
}

// A run whose context ends loses no part that was receipted before.
func TestCancelledRunGoesOn(t *testing.T) {
	l := newLab(t)
	l.file("large", 40*partSize)
	ctx, cancel := context.WithCancel(t.Context())
	l.faults.On(sendertest.SendPart, sendertest.Fault{Block: true}, 20, 21, 22)
	l.faults.When(sendertest.SendPart, func(n int) sendertest.Fault {
		if n == 23 {
			cancel()
		}
		return sendertest.Fault{}
	})
	first, err := l.runUnder(ctx)
	if !errors.Is(err, ErrStopped) || first.Failed != 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	second := l.finish()
	if first.SentParts < 15 || first.SentParts+second.SentParts != 40 || second.ResumedParts != first.SentParts {
		t.Errorf("first %+v, second %+v", first, second)
	}
}

// Whoever is cut off reads of the signal, not of the manifest that could not be read any more.
func TestCancelledRunSaysWhoEndedIt(t *testing.T) {
	l := newLab(t)
	l.file("small", 1)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errBroken)
	if _, err := l.runUnder(ctx); !errors.Is(err, ErrStopped) || !errors.Is(err, errBroken) {
		t.Error(err)
	}
}

// A failed row is tried again by the next run, and its upload carried on.
func TestFailedRowIsCarriedOn(t *testing.T) {
	l := newLab(t)
	l.file("large", 10*partSize)
	l.faults.On(sendertest.SendPart, sendertest.Fault{Fail: errBroken}, 10)
	p, err := l.run()
	if err != nil || p.Failed != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	if again := l.finish(); again.SentParts+p.SentParts != 10 || again.SentParts == 10 {
		t.Errorf("sent %d, then %d parts of 10", p.SentParts, again.SentParts)
	}
}

// Between two runs the source was touched: its bytes are the same, so no part is sent again.
func TestTouchedSourceKeepsItsParts(t *testing.T) {
	l := newLab(t)
	sent := l.interrupted(10)
	if err := os.Chtimes(l.path("large"), time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if p := l.finish(); p.SentParts != 10-sent || p.ResumedParts != sent {
		t.Errorf("%d parts were there: %+v", sent, p)
	}
}

// Between two runs one part of the source was rewritten: that one is sent again, and no mixture becomes visible.
func TestRewrittenPartIsSentAgain(t *testing.T) {
	l := newLab(t)
	sent := l.interrupted(10)
	data := sendertest.Bytes(5+10*partSize, 10*partSize)
	data[7] ^= 1
	l.write("large", data)
	if p := l.finish(); p.SentParts != 10-sent+1 {
		t.Errorf("%d parts were there: %+v", sent, p)
	}
}

func TestGrownSourceKeepsItsWholeParts(t *testing.T) {
	l := newLab(t)
	sent := l.interrupted(10)
	l.write("large", append(sendertest.Bytes(5+10*partSize, 10*partSize), "more"...))
	if p := l.finish(); p.ResumedParts != sent {
		t.Errorf("%d parts were there: %+v", sent, p)
	}
}

func TestShrunkSourceStartsOver(t *testing.T) {
	l := newLab(t)
	l.interrupted(10)
	l.write("large", []byte("small now"))
	l.finish()
}

// interrupted leaves an upload of the file "large", of n parts, open without the last of them: one part is in flight
// at a time, so that they go in their order.
func (l *lab) interrupted(n int64) (sent int64) {
	l.Helper()
	defer func(usual int) { l.options.Parallel = usual }(l.options.Parallel)
	l.options.Parallel = 1
	l.file("large", n*partSize)
	l.faults.On(sendertest.SendPart, sendertest.Fault{Fail: &sender.Error{Kind: sender.StopRun, Code: "AccessDenied"}}, int(n))
	p, err := l.run()
	if sender.KindOf(err) != sender.StopRun || p.SentParts == 0 || p.SentParts == n {
		l.Fatalf("%+v, %v", p, err)
	}
	return p.SentParts
}

func TestForgottenUploadStartsOver(t *testing.T) {
	l := newLab(t)
	l.interrupted(10)
	for u, err := range l.memory.Uploads(t.Context(), "") {
		if err = errors.Join(err, l.memory.Abort(t.Context(), u.Upload)); err != nil {
			t.Fatal(err)
		}
	}
	if p := l.finish(); p.SentParts != 10 || l.saw(Forgotten) != 1 {
		t.Errorf("%+v, %d said so", p, l.saw(Forgotten))
	}
}

// The object became visible, and the process died before it could note that.
func TestCompletedButNotNotedIsNotSentAgain(t *testing.T) {
	l := newLab(t)
	l.file("large", 10*partSize)
	ctx, cancel := context.WithCancel(t.Context())
	l.faults.When(sendertest.Complete, func(int) sendertest.Fault {
		cancel()
		return sendertest.Fault{}
	})
	if _, err := l.runUnder(ctx); !errors.Is(err, ErrStopped) {
		t.Fatal(err)
	}
	l.completeBehindItsBack()
	if p := l.finish(); p.SentParts != 0 || p.ResumedParts != 10 {
		t.Errorf("%+v", p)
	}
}

// The same, and the store's answer about the object states no ETag.
func TestCompletedObjectWithoutAnETagIsKnownToo(t *testing.T) {
	l := newLab(t)
	l.file("large", 10*partSize)
	l.diesAfterComplete()
	l.faults = sendertest.NewFaults(nameless{l.memory})
	if p := l.finish(); p.SentParts != 0 {
		t.Errorf("%+v", p)
	}
}

// nameless is a store whose questions about objects are answered without an ETag.
type nameless struct{ *sendertest.Memory }

func (s nameless) Head(ctx context.Context, key string) (sender.Info, error) {
	info, err := s.Memory.Head(ctx, key)
	info.ETag = ""
	return info, err
}

// completeBehindItsBack completes the one open upload with all of its parts.
func (l *lab) completeBehindItsBack() {
	l.Helper()
	for u := range l.memory.Uploads(l.Context(), "") {
		var c sender.Completion
		for p, err := range l.memory.Parts(l.Context(), u.Upload) {
			if err != nil {
				l.Fatal(err)
			}
			c.Parts = append(c.Parts, p)
		}
		if _, err := l.memory.Complete(l.Context(), u.Upload, &sender.Object{Key: u.Key}, c); err != nil {
			l.Fatal(err)
		}
	}
}

func TestJournalNeverHoldsAPartBeforeItsUpload(t *testing.T) {
	l := newLab(t)
	l.mixed()
	l.faults.When(sendertest.SendPart, func(n int) sendertest.Fault {
		if n > 1 {
			return sendertest.Fault{}
		}
		data, err := os.ReadFile(l.path("journal"))
		if err != nil || !strings.Contains(string(data), "upload-1") {
			t.Error("a part is sent whose upload the journal's file does not know")
		}
		return sendertest.Fault{}
	})
	l.finish()
}
