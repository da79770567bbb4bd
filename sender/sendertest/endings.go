package sendertest

import (
	"bytes"
	"context"
	"math/rand/v2"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

var endings = map[string]func(*subject){
	"EndedContextEndsEveryCall": (*subject).endedContext,
	"EndsWhilePutting":          (*subject).endWhilePutting,
	"EndsWhileSendingAPart":     (*subject).endWhileSending,
}

// prompt is how long a call may take to notice that its context has ended.
const prompt = 5 * time.Second

func (s *subject) endedContext() {
	s.put("there", s.payload(1, 10))
	u := s.begin("object", s.PartSize)
	one := u.send(1, 0, s.PartSize)
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	part := sender.Part{Number: 1, Payload: s.payload(1, s.PartSize)}
	whole := sender.Completion{Parts: []sender.StoredPart{one}}
	for what, do := range map[string]func() error{
		"Put":      func() error { _, err := s.Store.Put(ctx, s.object("object", 10), s.payload(1, 10)); return err },
		"Begin":    func() error { _, err := s.Store.Begin(ctx, s.object("object", 10)); return err },
		"SendPart": func() error { _, err := s.Store.SendPart(ctx, u.Upload, part); return err },
		"Parts":    func() error { return lastError(ctx, u) },
		"Complete": func() error {
			_, err := s.Store.Complete(ctx, u.Upload, s.object("object", s.PartSize), whole)
			return err
		},
		"Abort": func() error { return s.Store.Abort(ctx, u.Upload) },
	} {
		began := time.Now()
		err := do()
		s.wantError(what+" with an ended context", err, context.Canceled, "object")
		if took := time.Since(began); took > prompt {
			s.Errorf("%s took %v to end with its context", what, took)
		}
	}
	_, err := s.Store.Head(ctx, s.key("there"))
	s.wantError("Head with an ended context", err, context.Canceled, "there")
	s.wantNothing("object")
	u.wantComplete(one)
}

func lastError(ctx context.Context, u *upload) (last error) {
	for _, err := range u.Store.Parts(ctx, u.Upload) {
		last = err
	}
	return last
}

// endWhilePutting ends calls at random instants, and writes over the bytes as soon as they have returned: the race
// detector tells who still reads them, and the object tells who still sends them.
func (s *subject) endWhilePutting() {
	want := Bytes(1, 1<<20)
	for range 20 {
		p := Payload(bytes.Clone(want), s.Store.Wire())
		err := s.soon(func(ctx context.Context) error {
			_, err := s.Store.Put(ctx, s.object("object", int64(len(want))), p)
			return err
		})
		clear(p.Data)
		if _, missing := s.Store.Head(s.Context(), s.key("object")); err == nil || missing == nil {
			s.wantObject("object", want)
		}
	}
	s.put("object", Payload(want, s.Store.Wire()))
	s.wantObject("object", want)
}

func (s *subject) endWhileSending() {
	size := max(s.PartSize, 1<<20)
	u := s.begin("object", size)
	for range 20 {
		p := sender.Part{Number: 1, Payload: Payload(bytes.Clone(u.data), s.Store.Wire())}
		s.soon(func(ctx context.Context) error {
			_, err := s.Store.SendPart(ctx, u.Upload, p)
			return err
		})
		clear(p.Data)
	}
	u.wantComplete(u.send(1, 0, size))
}

// soon runs a call whose context ends within two milliseconds.
func (s *subject) soon(do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(s.Context(), rand.N(2*time.Millisecond))
	defer cancel()
	return do(ctx)
}
