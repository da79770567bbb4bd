package sendertest

import (
	"bytes"
	"maps"
	"strings"
	"sync"

	"github.com/ingest-dev/ingest/sender"
)

var puts = map[string]func(*subject){
	"PutEmpty":             (*subject).putEmpty,
	"PutSizes":             (*subject).putSizes,
	"PutExactlyTheLimit":   (*subject).putLimit,
	"PutOverwrites":        (*subject).putOverwrites,
	"PutConcurrently":      (*subject).putConcurrently,
	"PutSameKeyAtOnce":     (*subject).putSameKey,
	"PutKeepsMetadata":     (*subject).putMetadata,
	"PutKeepsContentType":  (*subject).putContentType,
	"PutOfOtherBytesFails": (*subject).putOther,
}

func (s *subject) putEmpty() {
	s.put("empty", s.payload(1, 0))
	s.wantObject("empty", nil)
}

func (s *subject) putSizes() {
	for _, n := range []int64{1, 15, 4096, 65537, 1<<20 + 1} {
		p := s.payload(uint64(n), n)
		s.put("object", p)
		s.wantObject("object", p.Data)
	}
}

// putLimit runs where the limit is within reach of a test.
func (s *subject) putLimit() {
	limit := s.Store.Limits().MaxPut
	if limit == 0 || limit > 16<<20 {
		s.Skipf("the limit of a Put is %d bytes", limit)
	}
	p := s.payload(1, limit)
	s.put("object", p)
	s.wantObject("object", p.Data)
	_, err := s.Store.Put(s.Context(), s.object("more", limit+1), s.payload(2, limit+1))
	s.wantNamed("Put of more than the limit", err, "more")
	s.wantNothing("more")
}

func (s *subject) putOverwrites() {
	s.put("object", s.payload(1, 70000))
	p := s.payload(2, 300)
	s.put("object", p)
	s.wantObject("object", p.Data)
}

func (s *subject) putConcurrently() {
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() { s.put(name(i), s.payload(uint64(i), int64(i)*1000)) })
	}
	all.Wait()
	for i := range 32 {
		s.wantObject(name(i), Bytes(uint64(i), int64(i)*1000))
	}
}

// putSameKey expects one of the writers to win as a whole.
func (s *subject) putSameKey() {
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() { s.put("object", s.payload(uint64(i), 50000)) })
	}
	all.Wait()
	if s.Read == nil {
		return
	}
	got, err := s.Read(s.key("object"))
	if err != nil {
		s.Fatal(err)
	}
	for i := range 8 {
		if bytes.Equal(got, Bytes(uint64(i), 50000)) {
			return
		}
	}
	s.Error("the object is a mix of what its writers sent")
}

func (s *subject) putMetadata() {
	p := s.payload(1, 10)
	o := s.object("object", 10)
	o.Metadata = map[string]string{"origin": "line 7, day & night", "run": "2026-01-31"}
	if s.NoMetadata {
		if s.Store.Check(o) == nil {
			s.Error("Check accepts metadata that the store does not keep")
		}
		return
	}
	if _, err := s.Store.Put(s.Context(), o, p); err != nil {
		s.Fatal(err)
	}
	s.wantMetadata("object", o.Metadata)
}

func (s *subject) wantMetadata(name string, want map[string]string) {
	s.Helper()
	info, err := s.Store.Head(s.Context(), s.key(name))
	if err != nil {
		s.Fatal(err)
	}
	got := map[string]string{}
	for k, v := range info.Metadata {
		got[strings.ToLower(k)] = v
	}
	if !maps.Equal(got, want) {
		s.Errorf("metadata %v, want %v", got, want)
	}
}

func (s *subject) putContentType() {
	if s.ContentType == nil {
		s.Skip("the subject cannot say content types")
	}
	o := s.object("object", 10)
	o.ContentType = "text/csv; charset=utf-8"
	if _, err := s.Store.Put(s.Context(), o, s.payload(1, 10)); err != nil {
		s.Fatal(err)
	}
	if got, err := s.ContentType(o.Key); got != o.ContentType || err != nil {
		s.Errorf("content type %q, %v, want %q", got, err, o.ContentType)
	}
}

// putOther sends bytes that changed after they were hashed. The store may refuse them, or say in the receipt what it
// holds; it must not say what was claimed.
func (s *subject) putOther() {
	p := s.payload(1, 5000)
	p.Data[2500] ^= 1
	o := s.object("object", 5000)
	r, err := s.Store.Put(s.Context(), o, p)
	if err != nil {
		s.wantError("Put of other bytes", err, sender.ErrCorrupt, "object")
		s.wantNothing("object")
		return
	}
	s.wantChecksum("Put of other bytes", r.Checksum, p.Data)
}
