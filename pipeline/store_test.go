package pipeline

import (
	"fmt"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

func TestLostCompleteIsSettledByAsking(t *testing.T) {
	l := newLab(t)
	l.file("large", 10*partSize)
	l.faults.On(sendertest.Complete, sendertest.Fault{Lose: true}, 1)
	if p := l.finish(); p.SentParts != 10 || l.faults.Calls(sendertest.Complete) != 1 {
		t.Errorf("%+v, %d completes", p, l.faults.Calls(sendertest.Complete))
	}
}

func TestUploadLostInMidRunIsSentAgain(t *testing.T) {
	l := newLab(t)
	l.file("large", 10*partSize)
	l.faults.When(sendertest.SendPart, func(n int) sendertest.Fault {
		if n == 6 {
			return sendertest.Fault{Fail: &sender.Error{Code: "NoSuchUpload", Err: sender.ErrNoSuchUpload}}
		}
		return sendertest.Fault{}
	})
	p, err := l.run()
	if err != nil || p.Done != 1 || l.saw(SentAgain) != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	l.same("large", "large")
}

// A part that the store keeps wrongly, and admits in its listing, is sent again by Complete's refusal.
func TestRefusedPartIsSentAgainAlone(t *testing.T) {
	l := newLab(t)
	l.file("large", 10*partSize)
	l.faults.On(sendertest.Complete, sendertest.Fault{Fail: &sender.Error{Code: "InvalidPart", Err: sender.ErrInvalidPart}}, 1)
	p, err := l.run()
	if err != nil || p.Done != 1 || p.SentParts != 10 || p.ResumedParts != 10 {
		t.Fatalf("%+v, %v", p, err)
	}
	l.same("large", "large")
}

func TestCorruptedObjectIsRepaired(t *testing.T) {
	for _, n := range []int64{100, 10 * partSize} {
		l := newLab(t)
		l.file("f", n)
		op := sendertest.Put
		if n > partSize {
			op = sendertest.SendPart
		}
		l.faults.On(op, sendertest.Fault{Flip: true}, 1)
		p, err := l.run()
		if err != nil || p.Done != 1 || l.saw(SentAgain) != 1 {
			t.Fatalf("%+v, %v", p, err)
		}
		l.same("f", "f")
	}
}

func TestObjectThatStaysCorruptFails(t *testing.T) {
	l := newLab(t)
	l.file("f", 100)
	l.faults.Always(sendertest.Put, sendertest.Fault{Flip: true})
	l.failure("StoredCorrupt")
	if l.saw(SentAgain) != 2 {
		t.Errorf("sent again %d times, want 2", l.saw(SentAgain))
	}
}

func TestStoreWithoutChecksumsLeavesRowsUnverified(t *testing.T) {
	l := newLabOn(t, sendertest.NewMemoryWith(sendertest.MemoryOptions{NoChecksum: true}))
	l.mixed()
	p, err := l.run()
	if err != nil || p.Unverified != 8 || p.Done != 0 || p.Failed != 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	if again, err := l.run(); err != nil || again.SentParts != 0 {
		t.Errorf("%+v, %v", again, err)
	}
}

// An MD5 does not combine to that of parts, but it proves what is one part.
func TestSmallFilesAreProvenByAnMD5(t *testing.T) {
	l := newLabOn(t, sendertest.NewMemoryWith(sendertest.MemoryOptions{Wire: hasher.MD5}))
	for _, n := range []int64{0, 1, partSize} {
		l.file(fmt.Sprint(n), n)
	}
	l.finish()
	for _, line := range l.report() {
		if line.MD5 == "" {
			t.Errorf("%+v", line)
		}
	}
}

func TestReceiptWithoutChecksumIsAskedAfter(t *testing.T) {
	l := newLab(t)
	l.mixed()
	l.faults.Always(sendertest.Put, sendertest.Fault{Silence: true}).Always(sendertest.Complete, sendertest.Fault{Silence: true})
	l.finish()
	if n := l.faults.Calls(sendertest.Head); n != 8 {
		t.Errorf("asked %d times for 8 objects", n)
	}
}

func TestRefusingStoreStopsTheRun(t *testing.T) {
	l := newLab(t)
	for i := range 200 {
		l.file(fmt.Sprint("f", i), 10)
	}
	denied := &sender.Error{Kind: sender.StopRun, Code: "InvalidAccessKeyId", Message: "no such key"}
	l.faults.When(sendertest.Put, func(n int) sendertest.Fault {
		if n > 20 && n < 100 {
			return sendertest.Fault{Fail: denied}
		}
		return sendertest.Fault{}
	})
	p, err := l.run()
	if sender.KindOf(err) != sender.StopRun || p.Failed != 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	if calls := l.faults.Calls(sendertest.Put); calls > 60 {
		t.Errorf("a store that refuses was asked %d times", calls)
	}
}
