package pipeline

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// A store that now and then keeps other bytes than it was sent, and says so, says nothing, or lies; that loses
// checksums and ETags on the way. All of it is found and mended, and nothing is done that is not whole.
func TestCorruptionIsFoundAndMended(t *testing.T) {
	spoilt, done := int64(0), int64(0)
	wires := []hasher.Algorithm{hasher.CRC64ECMA, hasher.CRC64NVME, hasher.CRC32C, hasher.MD5}
	torture(t, 4, func(t *testing.T, luck *luck) {
		l := newLabOn(t, sendertest.NewMemoryWith(sendertest.MemoryOptions{Wire: wires[luck.below(len(wires))]}))
		l.options.Tries, l.options.Retries = 10, 0
		l.stack = sender.Options{}
		liar := &liar{Memory: l.memory, luck: luck, in: 20 + luck.below(100)}
		l.faults = sendertest.NewFaults(liar)
		for i := range 60 {
			l.file(fmt.Sprint("f", i), int64(luck.below(30*partSize)))
		}
		p, err := l.run()
		if err != nil || p.Failed != 0 || p.Done+p.Unverified != 60 {
			l.complain()
			t.Fatalf("%+v, %v", p, err)
		}
		if p.Unverified > 0 && l.memory.Wire().Combines() {
			t.Errorf("%d rows are unverified", p.Unverified)
		}
		for i := range 60 {
			l.same(fmt.Sprint("f", i), fmt.Sprint("f", i))
		}
		spoilt, done = spoilt+liar.told.Load(), done+p.Done
	})
	t.Logf("%d payloads and answers spoilt, %d objects done, all of them whole", spoilt, done)
	if spoilt == 0 {
		t.Error("nothing was spoilt")
	}
}

// liar is a store that spoils one payload or answer in so many.
type liar struct {
	*sendertest.Memory
	luck *luck
	in   int
	told atomic.Int64
}

// lie draws one of n lies, from 1; mostly 0, which is none.
func (s *liar) lie(n int) int {
	if !s.luck.one(s.in) {
		return 0
	}
	s.told.Add(1)
	return 1 + s.luck.below(n)
}

// spoilt is a payload with one bit of it changed, and sums to match.
func spoilt(p sender.Payload, luck *luck) sender.Payload {
	if len(p.Data) == 0 {
		return p
	}
	data := append([]byte(nil), p.Data...)
	data[luck.below(len(data))] ^= 1 << luck.below(8)
	return sender.Payload{Data: data, Sums: hasher.Sum(data, p.Sums.Set())}
}

func (s *liar) Put(ctx context.Context, o *sender.Object, p sender.Payload) (sender.Receipt, error) {
	lie := s.lie(5)
	if lie == 1 || lie == 2 {
		p = spoilt(p, s.luck)
	}
	r, err := s.Memory.Put(ctx, o, p)
	return s.answer(r, lie, p), err
}

// SendPart has one lie more than Put: the store keeps other bytes, and answers as if it had those that were sent. The
// checksum of the whole tells.
func (s *liar) SendPart(ctx context.Context, u sender.Upload, p sender.Part) (sender.Receipt, error) {
	lies := 6
	if !s.Wire().Combines() {
		lies = 5
	}
	lie := s.lie(lies)
	sent := p.Payload
	if lie == 1 || lie == 2 && s.Wire().Combines() || lie == 6 {
		p.Payload = spoilt(p.Payload, s.luck)
	}
	r, err := s.Memory.SendPart(ctx, u, p)
	return s.answer(r, lie, sent), err
}

// answer is what the store says: 1 the truth, 2 no checksum, 3 another checksum, 4 another ETag, 5 no ETag, 6 what
// was sent.
func (s *liar) answer(r sender.Receipt, lie int, sent sender.Payload) sender.Receipt {
	switch lie {
	case 2:
		r.Checksum = hasher.Checksum{}
	case 3:
		r.Checksum = spoilt(sent, s.luck).Sums.Get(s.Wire())
	case 4:
		r.ETag = "another"
	case 5:
		r.ETag = ""
	case 6:
		r.Checksum = sent.Sums.Get(s.Wire())
	}
	return r
}

// Complete answers the truth, no checksum, or one that is wrong.
func (s *liar) Complete(ctx context.Context, u sender.Upload, o *sender.Object, c sender.Completion) (sender.Receipt, error) {
	r, err := s.Memory.Complete(ctx, u, o, c)
	if err != nil {
		return r, err
	}
	switch s.lie(3) {
	case 1:
		r.Checksum = hasher.Checksum{}
	case 2:
		r.Checksum = hasher.FromUint64(hasher.CRC64ECMA, 1)
	case 3:
		r.Checksum, r.ETag = hasher.Checksum{}, ""
	}
	return r, err
}
