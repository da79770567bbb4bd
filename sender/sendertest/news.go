package sendertest

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/ingest-dev/ingest/sender"
)

// news are the tests of objects that are to be new.
var news = map[string]func(*subject){
	"OnlyNewPut":                 (*subject).onlyNewPut,
	"OnlyNewPutAtOnce":           (*subject).onlyNewPutAtOnce,
	"OnlyNewUpload":              (*subject).onlyNewUpload,
	"OnlyNewUploadOverAnObject":  (*subject).onlyNewUploadOver,
	"OnlyNewCompleteComesSecond": (*subject).onlyNewSecond,
	"HeadWithoutChecksum":        (*subject).headWithoutChecksum,
}

// only returns what the suite says of an object that is to be new.
func (s *subject) only(name string, size int64) *sender.Object {
	if s.Replaces {
		s.Skip("the store does not keep to OnlyNew")
	}
	o := s.object(name, size)
	o.OnlyNew = true
	return o
}

func (s *subject) onlyNewPut() {
	o := s.only("object", 5000)
	p := s.payload(1, 5000)
	r, err := s.Store.Put(s.Context(), o, p)
	if err != nil {
		s.Fatalf("Put where nothing is: %v", err)
	}
	s.wantChecksum("Put", r.Checksum, p.Data)
	for _, size := range []int64{5000, 1} {
		o.Size = size
		_, err = s.Store.Put(s.Context(), o, s.payload(2, size))
		s.wantError("Put over an object", err, sender.ErrExists, "object")
	}
	s.wantObject("object", p.Data)
	s.put("object", s.payload(3, 70))
	s.wantObject("object", Bytes(3, 70))
}

// onlyNewPutAtOnce expects one of the writers to win, and the others to hear of it.
func (s *subject) onlyNewPutAtOnce() {
	o := s.only("object", 50000)
	var all sync.WaitGroup
	var winner atomic.Int64
	for i := range int64(8) {
		all.Go(func() {
			_, err := s.Store.Put(s.Context(), o, s.payload(uint64(i+1), 50000))
			switch {
			case err == nil && !winner.CompareAndSwap(0, i+1):
				s.Error("two writers have made the same new object")
			case err != nil && !errors.Is(err, sender.ErrExists) && sender.KindOf(err) != sender.TryAgain:
				s.Errorf("Put: %v", err)
			}
		})
	}
	all.Wait()
	if winner.Load() == 0 {
		s.Fatal("nobody has made the object")
	}
	s.wantObject("object", Bytes(uint64(winner.Load()), 50000))
}

func (s *subject) onlyNewUpload() {
	u := s.beginOnly("object", s.PartSize, 77)
	one, two := u.send(1, 0, s.PartSize), u.send(2, s.PartSize, 77)
	if _, err := u.completeOnly(one, two); err != nil {
		s.Fatalf("Complete where nothing is: %v", err)
	}
	s.wantObject("object", u.data)
}

// onlyNewUploadOver expects Begin to fail or, of a store that cannot be asked before, Complete.
func (s *subject) onlyNewUploadOver() {
	o := s.only("object", s.PartSize)
	s.put("object", s.payload(1, 300))
	id, err := s.Store.Begin(s.Context(), o)
	if err == nil {
		u := &upload{subject: s, Upload: id, name: "object", data: Bytes(uint64(s.PartSize), s.PartSize)}
		_, err = u.completeOnly(u.send(1, 0, s.PartSize))
	}
	s.wantError("an upload over an object", err, sender.ErrExists, "object")
	s.wantObject("object", Bytes(1, 300))
}

// onlyNewSecond completes an upload after somebody else has made the object.
func (s *subject) onlyNewSecond() {
	u := s.beginOnly("object", s.PartSize)
	part := u.send(1, 0, s.PartSize)
	s.put("object", s.payload(1, 300))
	for range 2 {
		_, err := u.completeOnly(part)
		s.wantError("Complete over an object", err, sender.ErrExists, "object")
		s.wantObject("object", Bytes(1, 300))
	}
	held := 0
	for _, err := range s.Store.Parts(s.Context(), u.Upload) {
		if err != nil {
			s.Fatalf("the upload of a Complete that failed: %v", err)
		}
		held++
	}
	if held != 1 {
		s.Errorf("the upload holds %d parts, want 1", held)
	}
	if err := s.Store.Abort(s.Context(), u.Upload); err != nil {
		s.Errorf("Abort: %v", err)
	}
	s.wantObject("object", Bytes(1, 300))
}

// beginOnly opens an upload of an object that is to be new.
func (s *subject) beginOnly(name string, sizes ...int64) *upload {
	s.Helper()
	var size int64
	for _, n := range sizes {
		size += n
	}
	id, err := s.Store.Begin(s.Context(), s.only(name, size))
	if err != nil {
		s.Fatalf("Begin %q where nothing is: %v", name, err)
	}
	return &upload{subject: s, Upload: id, name: name, data: Bytes(uint64(size), size)}
}

func (u *upload) completeOnly(parts ...sender.StoredPart) (sender.Receipt, error) {
	o := u.only(u.name, int64(len(u.data)))
	return u.Store.Complete(u.Context(), u.Upload, o, sender.Completion{Parts: parts})
}

// headWithoutChecksum wants what is left to be right.
func (s *subject) headWithoutChecksum() {
	s.put("object", s.payload(1, 1234))
	info, err := s.Store.Head(sender.WithoutChecksum(s.Context()), s.key("object"))
	if err != nil || info.Size != 1234 || info.Modified.IsZero() {
		s.Errorf("%+v, %v", info, err)
	}
	if !info.Checksum.IsZero() {
		s.wantChecksum("Head", info.Checksum, Bytes(1, 1234))
	}
	_, err = s.Store.Head(sender.WithoutChecksum(s.Context()), s.key("missing"))
	s.wantError("Head", err, sender.ErrNotFound, "missing")
}
