package sender_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// chaos is a fault for a fifth of the calls, of every sort.
func chaos(random *rand.Rand) func(int) sendertest.Fault {
	throttled := busy()
	throttled.Throttle, throttled.RetryAfter = sender.TooManyRequests, time.Second
	faults := []sendertest.Fault{
		{Lose: true}, {Fail: sender.ErrNoAnswer}, {Fail: busy()}, {Fail: throttled}, {Flip: true}, {Delay: time.Minute},
	}
	return func(int) sendertest.Fault {
		if random.IntN(5) > 0 {
			return sendertest.Fault{}
		}
		return faults[random.IntN(len(faults))]
	}
}

// Whatever goes wrong on the way, what is reported as stored is there, whole.
func TestChaos(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(sender.Options{}, sendertest.MemoryOptions{NoChecksum: seed%4 == 3, Wire: [...]hasher.Algorithm{
				hasher.CRC64ECMA, hasher.CRC64NVME, hasher.MD5, hasher.None,
			}[seed%4]})
			random := rand.New(rand.NewPCG(seed, 0))
			for _, op := range []sendertest.Op{sendertest.Put, sendertest.SendPart, sendertest.Complete, sendertest.Head} {
				decide := chaos(random)
				r.faults.When(op, func(n int) sendertest.Fault {
					fault := decide(n)
					fault.Flip = fault.Flip && r.Wire() != hasher.None // nobody could tell
					return fault
				})
			}
			for i := range 30 {
				r.storeOne(t, i)
			}
		})
	}
}

// storeOne stores an object, one of three in parts, and expects it to be there.
func (r *rig) storeOne(t *testing.T, i int) {
	data := sendertest.Bytes(uint64(i), 3000)
	o := &sender.Object{Key: fmt.Sprint(i), Size: 3000}
	var err error
	if i%3 == 0 {
		err = r.storeParts(t, o, data)
	} else {
		_, err = r.stack.Put(t.Context(), o, sendertest.Payload(data, r.Wire(), hasher.MD5))
	}
	if err != nil {
		t.Errorf("object %d: %v", i, err)
	}
	if got, _ := r.Read(o.Key); !bytes.Equal(got, data) {
		t.Errorf("object %d is not what was sent", i)
	}
}

func (r *rig) storeParts(t *testing.T, o *sender.Object, data []byte) error {
	u, err := r.stack.Begin(t.Context(), o)
	if err != nil {
		return err
	}
	done := sender.Completion{Whole: hasher.Sum(data, hasher.SetOf(r.Wire())).Get(r.Wire())}
	for n := range 3 {
		p := sender.Part{Number: n + 1, Offset: int64(n) * 1000, Payload: sendertest.Payload(data[n*1000:][:1000], r.Wire())}
		got, err := r.stack.SendPart(t.Context(), u, p)
		if err != nil {
			return err
		}
		done.Parts = append(done.Parts, sender.StoredPart{Number: n + 1, Size: 1000, ETag: got.ETag, Checksum: got.Checksum})
	}
	_, err = r.stack.Complete(t.Context(), u, o, done)
	return err
}
