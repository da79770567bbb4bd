package sender_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

func TestCorruptedBytesAreSentAgain(t *testing.T) {
	for name, fault := range map[string]sendertest.Fault{
		"OnTheWay":      {Flip: true},
		"InTheReceipt":  {Forge: true},
		"RefusedByCode": {Fail: &sender.Error{Kind: sender.TryAgain, Code: "BadDigest", Err: sender.ErrCorrupt}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(sender.Options{}, sendertest.MemoryOptions{})
				r.faults.On(sendertest.Put, fault, 1).On(sendertest.SendPart, fault, 2)
				if _, err := r.put(t, "0123456789"); err != nil {
					t.Error(err)
				}
				r.wantObject(t, "0123456789")
				if _, err := r.begin(t, nil).complete(t); err != nil {
					t.Error(err)
				}
				r.wantObject(t, content)
				if got := r.counts.Corrupt.Load(); got != 2 {
					t.Errorf("%d corrupt answers counted, want 2", got)
				}
			})
		})
	}
}

// The upload is gone: completing it again repairs nothing, and would look like a lost answer.
func TestCorruptObjectIsNotCompletedAgain(t *testing.T) {
	r := newRig(sender.Options{}, sendertest.MemoryOptions{})
	r.faults.On(sendertest.Complete, sendertest.Fault{Forge: true}, 1)
	r.faults.Always(sendertest.Head, sendertest.Fault{Forge: true})
	_, err := r.begin(t, nil).complete(t)
	if !errors.Is(err, sender.ErrCorrupt) || sender.KindOf(err) != sender.GiveUp {
		t.Errorf("error %v of kind %d, want ErrCorrupt to give up", err, sender.KindOf(err))
	}
	r.wantCalls(t, sendertest.Complete, 1)
}

// The object is right, and only what was said of it is wrong: it is not sent again for that.
func TestWrongAnswerToCompleteIsNotAWrongObject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		r.faults.On(sendertest.Complete, sendertest.Fault{Forge: true}, 1)
		r.faults.On(sendertest.Head, lose, 1)
		u := r.begin(t, map[string]string{"run": "1"})
		got, err := u.complete(t)
		if err != nil || got.Checksum != u.done.Whole || got.Attempts != 1 {
			t.Errorf("%+v, %v", got, err)
		}
		r.wantCalls(t, sendertest.Complete, 1)
		r.wantCalls(t, sendertest.Head, 2)
		r.wantCalls(t, sendertest.Abort, 1) // who answers nonsense may have made nothing, beside an equal object
	})
}

// What cannot be asked about, states nothing or is another's stays an object that was spoilt.
func TestSpoiltObjectStaysSoUnlessTheStoreTakesItBack(t *testing.T) {
	for name, head := range map[string]sendertest.Fault{
		"no answer": {Fail: &sender.Error{Kind: sender.GiveUp, Status: 403}}, "no checksum": {Silence: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(sender.Options{}, sendertest.MemoryOptions{})
			r.faults.On(sendertest.Complete, sendertest.Fault{Forge: true}, 1)
			r.faults.Always(sendertest.Head, head)
			if _, err := r.begin(t, nil).complete(t); !sender.WasStored(err) || !errors.Is(err, sender.ErrCorrupt) {
				t.Errorf("%v, want ErrCorrupt of an object that is there", err)
			}
		})
	}
}

// A checksum of another algorithm, or none, proves nothing and contradicts nothing: the receipt shows it as it is.
func TestVerifyComparesOnlyWhatCompares(t *testing.T) {
	r := newRig(sender.Options{}, sendertest.MemoryOptions{})
	o := &sender.Object{Key: "key", Size: 3}
	got, err := r.stack.Put(t.Context(), o, sendertest.Payload([]byte("abc"), hasher.CRC64NVME))
	if err != nil || got.Checksum.Algorithm != hasher.CRC64ECMA {
		t.Errorf("receipt %+v, %v", got, err)
	}
	r.faults.Always(sendertest.Put, sendertest.Fault{Silence: true})
	got, err = r.put(t, content)
	if err != nil || !got.Checksum.IsZero() {
		t.Errorf("receipt %+v, %v, want no checksum", got, err)
	}
}
