package sendertest

import (
	"bytes"
	"errors"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

// object returns what the suite says of an object of that name and size.
func (s *subject) object(name string, size int64) *sender.Object {
	return &sender.Object{Key: s.key(name), Size: size}
}

// put stores data under a name, and expects it to work.
func (s *subject) put(name string, p sender.Payload) sender.Receipt {
	s.Helper()
	r, err := s.Store.Put(s.Context(), s.object(name, int64(len(p.Data))), p)
	if err != nil {
		s.Fatalf("Put %q: %v", name, err)
	}
	s.wantChecksum("Put", r.Checksum, p.Data)
	return r
}

// wantObject expects the store to hold data under a name, by Head and by Read.
func (s *subject) wantObject(name string, data []byte) {
	s.Helper()
	info, err := s.Store.Head(s.Context(), s.key(name))
	if err != nil {
		s.Fatalf("Head %q: %v", name, err)
	}
	if info.Size != int64(len(data)) {
		s.Errorf("Head %q: size %d, want %d", name, info.Size, len(data))
	}
	s.wantChecksum("Head", info.Checksum, data)
	if s.Read == nil {
		return
	}
	got, err := s.Read(s.key(name))
	if err != nil {
		s.Fatalf("reading %q: %v", name, err)
	}
	if !bytes.Equal(got, data) {
		s.Errorf("%q holds %d bytes that are not the %d that were sent", name, len(got), len(data))
	}
}

// wantNothing expects that nothing is visible under a name.
func (s *subject) wantNothing(name string) {
	s.Helper()
	if info, err := s.Store.Head(s.Context(), s.key(name)); !errors.Is(err, sender.ErrNotFound) {
		s.Errorf("Head %q: %+v, %v, want ErrNotFound", name, info, err)
	}
}

// wantChecksum expects a checksum that the store stated to be that of data.
func (s *subject) wantChecksum(where string, got hasher.Checksum, data []byte) {
	s.Helper()
	if got.IsZero() {
		if !s.NoChecksum {
			s.Errorf("%s: the store says no checksum", where)
		}
		return
	}
	if want := hasher.Sum(data, hasher.SetOf(got.Algorithm)).Get(got.Algorithm); got != want {
		s.Errorf("%s: the store says %v, want %v", where, got, want)
	}
}

// wantError expects err to be an *sender.Error that is target, about the key of name.
func (s *subject) wantError(what string, err error, target error, name string) {
	s.Helper()
	if !errors.Is(err, target) {
		s.Errorf("%s: %v, want %v", what, err, target)
	}
	s.wantNamed(what, err, name)
}

// wantNamed expects err to be an *sender.Error that says what was being done with which key.
func (s *subject) wantNamed(what string, err error, name string) {
	s.Helper()
	e, ok := errors.AsType[*sender.Error](err)
	if !ok {
		s.Errorf("%s: %T (%v) is not a *sender.Error", what, err, err)
		return
	}
	if e.Op == "" || e.Key != s.key(name) {
		s.Errorf("%s: the error is about %q of %q, want an operation and %q", what, e.Op, e.Key, s.key(name))
	}
}
