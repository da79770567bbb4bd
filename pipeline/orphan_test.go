package pipeline

import (
	"context"
	"iter"
	"sync"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// The process died after the store had opened an upload, and before the journal knew. The upload is aborted by the
// next run; one of another key is not ours.
func TestUploadThatTheJournalNeverKnewIsAborted(t *testing.T) {
	l := newLab(t)
	l.file("large", 10*partSize)
	l.file("large-too", 1)
	l.faults.On(sendertest.Begin, sendertest.Fault{Lose: true}, 1)
	if p, err := l.run(); err != nil || p.Failed != 1 || l.memory.OpenUploads() != 1 {
		t.Fatalf("%+v, %v, %d uploads", p, err, l.memory.OpenUploads())
	}
	foreign, err := l.memory.Begin(t.Context(), &sender.Object{Key: "large-other"})
	if err != nil {
		t.Fatal(err)
	}
	if p, err := l.run(); err != nil || p.Done != 2 || l.saw(Swept) != 1 {
		t.Fatalf("%+v, %v, %d swept", p, err, l.saw(Swept))
	}
	if l.memory.OpenUploads() != 1 || l.memory.Abort(t.Context(), foreign) != nil || l.memory.OpenUploads() != 0 {
		t.Error("another's upload was aborted, or ours was not")
	}
}

// A store may list more than it was asked for.
func TestUploadOfAnotherKeyIsNoOrphan(t *testing.T) {
	f := &file{object: sender.Object{Key: "k"}, attempt: attempt{upload: &sender.Upload{Key: "k", ID: "1"}}}
	for u, want := range map[sender.Upload]bool{{Key: "k", ID: "1"}: false, {Key: "k", ID: "2"}: true, {Key: "a", ID: "2"}: false} {
		if f.orphan(u) != want {
			t.Errorf("%+v: orphan %v, want %v", u, !want, want)
		}
	}
}

// The answer to the first try is lost, and the second opens another upload, in the first run of a job, which nobody
// will ever carry on.
func TestUploadThatWasOpenedTwiceIsAbortedByTheSameRun(t *testing.T) {
	l := newLab(t)
	l.options.Retries, l.stack = 0, sender.Options{Counters: new(sender.Counters)}
	l.file("large", 10*partSize)
	l.file("large-too", 10*partSize)
	l.faults.On(sendertest.Begin, sendertest.Fault{Lose: true}, 1)
	if p := l.finish(); p.SentParts != 20 || l.saw(Swept) != 1 {
		t.Errorf("%+v, %d swept", p, l.saw(Swept))
	}
}

// The same, but nobody counted, and the run died. The first is found by the run that carries the second on.
func TestOrphanBesideAnUploadThatIsCarriedOnIsAborted(t *testing.T) {
	l := newLab(t)
	l.options.Retries, l.stack = 0, sender.Options{}
	l.faults.On(sendertest.Begin, sendertest.Fault{Lose: true}, 1)
	sent := l.interrupted(10)
	if n := l.memory.OpenUploads(); n != 2 {
		t.Fatalf("%d uploads are open, want 2", n)
	}
	if p := l.finish(); p.ResumedParts != sent || l.saw(Swept) != 1 {
		t.Errorf("%+v, %d swept", p, l.saw(Swept))
	}
}

// An upload of our key that was begun before the job was is somebody else's.
func TestUploadFromBeforeTheJobIsLeftAlone(t *testing.T) {
	l := newLab(t)
	l.faults = sendertest.NewFaults(&antique{l.memory})
	l.file("large", 10*partSize)
	l.faults.On(sendertest.Complete, sendertest.Fault{Fail: errBroken}, 1)
	if p, err := l.run(); err != nil || p.Failed != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := l.memory.Begin(t.Context(), &sender.Object{Key: "large"}); err != nil {
		t.Fatal(err)
	}
	if p, err := l.run(); err != nil || p.Done != 1 || l.saw(Swept) != 0 || l.memory.OpenUploads() != 1 {
		t.Errorf("%+v, %v, %d swept, %d open", p, err, l.saw(Swept), l.memory.OpenUploads())
	}
}

// antique is a store whose open uploads have all been begun long ago.
type antique struct{ *sendertest.Memory }

func (a *antique) Uploads(ctx context.Context, prefix string) iter.Seq2[sender.OpenUpload, error] {
	return func(yield func(sender.OpenUpload, error) bool) {
		for u, err := range a.Memory.Uploads(ctx, prefix) {
			u.Begun = u.Begun.Add(-24 * time.Hour)
			if !yield(u, err) {
				return
			}
		}
	}
}

// Another job sends the same key at the same time, and ours, which is carried on, aborts its upload: it sends the
// row again, and both end with a whole object.
func TestTwoJobsOnOneKeyBothEnd(t *testing.T) {
	first, second := newLab(t), newLab(t)
	second.memory = first.memory
	second.faults = sendertest.NewFaults(first.memory)
	first.interrupted(10)
	second.file("large", 10*partSize)
	begun, aborted := make(chan struct{}), make(chan struct{})
	second.faults.When(sendertest.SendPart, func(n int) sendertest.Fault {
		if n == 3 {
			close(begun)
			<-aborted
		}
		return sendertest.Fault{}
	})
	var other sync.WaitGroup
	other.Go(func() {
		if p, err := second.run(); err != nil || p.Done != 1 || second.saw(SentAgain) != 1 {
			t.Errorf("%+v, %v, sent again %d times", p, err, second.saw(SentAgain))
		}
	})
	<-begun
	if p, err := first.run(); err != nil || p.Done != 1 || first.saw(Swept) != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	close(aborted)
	other.Wait()
	first.same("large", "large")
	if n := first.memory.OpenUploads(); n != 0 {
		t.Errorf("%d uploads are left open", n)
	}
}
