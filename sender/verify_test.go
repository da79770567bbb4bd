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
	_, err := r.begin(t, nil).complete(t)
	if !errors.Is(err, sender.ErrCorrupt) || sender.KindOf(err) != sender.GiveUp {
		t.Errorf("error %v of kind %d, want ErrCorrupt to give up", err, sender.KindOf(err))
	}
	r.wantCalls(t, sendertest.Complete, 1)
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
