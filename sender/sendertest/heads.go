package sendertest

import (
	"github.com/ingest-dev/ingest/sender"
)

var heads = map[string]func(*subject){
	"HeadOfMissing":       (*subject).headMissing,
	"HeadOfAFolder":       (*subject).headFolder,
	"HeadAgreesWithPut":   (*subject).headAgrees,
	"HeadAfterOverwrite":  (*subject).headOverwritten,
	"LimitsHold":          (*subject).limitsHold,
	"CheckSizes":          (*subject).checkSizes,
	"CheckUnstatedSize":   (*subject).checkUnstated,
	"HeadOfKeyWithUpload": (*subject).headUpload,
}

func (s *subject) headMissing() {
	_, err := s.Store.Head(s.Context(), s.key("missing"))
	s.wantError("Head", err, sender.ErrNotFound, "missing")
	_, err = s.Store.Head(s.Context(), s.key("missing/below"))
	s.wantError("Head", err, sender.ErrNotFound, "missing/below")
}

// headFolder asks for what is only the beginning of another key.
func (s *subject) headFolder() {
	s.put("folder/object", s.payload(1, 10))
	s.wantNothing("folder")
}

func (s *subject) headAgrees() {
	r := s.put("object", s.payload(1, 12345))
	info, err := s.Store.Head(s.Context(), s.key("object"))
	if err != nil {
		s.Fatal(err)
	}
	if info.ETag != r.ETag || info.VersionID != r.VersionID {
		s.Errorf("Head: ETag %q version %q, Put: %q %q", info.ETag, info.VersionID, r.ETag, r.VersionID)
	}
	if info.Modified.IsZero() {
		s.Error("Head: the object was modified at no time")
	}
}

func (s *subject) headOverwritten() {
	first := s.put("object", s.payload(1, 10))
	second := s.put("object", s.payload(2, 10))
	if first.ETag == second.ETag {
		s.Errorf("other bytes have the same ETag %q", first.ETag)
	}
	s.wantObject("object", Bytes(2, 10))
}

func (s *subject) headUpload() {
	u := s.begin("object", s.PartSize)
	u.send(1, 0, s.PartSize)
	s.wantNothing("object")
}

func (s *subject) limitsHold() {
	l := s.Store.Limits()
	if l.MaxPart != 0 && l.MinPart > l.MaxPart {
		s.Errorf("MinPart %d is more than MaxPart %d", l.MinPart, l.MaxPart)
	}
	if s.PartSize < l.MinPart {
		s.Errorf("the suite's parts of %d bytes are less than MinPart %d", s.PartSize, l.MinPart)
	}
}

func (s *subject) checkSizes() {
	limit := s.Store.Limits().MaxObject
	if limit == 0 {
		s.Skip("objects of every size")
	}
	if err := s.Store.Check(s.object("object", limit)); err != nil {
		s.Errorf("Check of the largest object: %v", err)
	}
	if s.Store.Check(s.object("object", limit+1)) == nil {
		s.Error("Check accepts an object that is larger than MaxObject")
	}
}

// checkUnstated checks a row that does not state its size.
func (s *subject) checkUnstated() {
	if err := s.Store.Check(s.object("object", -1)); err != nil {
		s.Errorf("Check of an object whose size is not known yet: %v", err)
	}
}
