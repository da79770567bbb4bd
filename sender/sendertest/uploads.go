package sendertest

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

var uploads = map[string]func(*subject){
	"UploadOfOnePart":                (*subject).onePart,
	"UploadLastPartOfOneByte":        (*subject).lastPart,
	"UploadPartsOutOfOrder":          (*subject).outOfOrder,
	"UploadPartNumbersWithGaps":      (*subject).gaps,
	"UploadPartsConcurrently":        (*subject).concurrentParts,
	"UploadLastOfANumberCounts":      (*subject).lastCounts,
	"UploadInvisibleBeforeComplete":  (*subject).invisible,
	"UploadOverwrites":               (*subject).uploadOverwrites,
	"UploadPartsListed":              (*subject).partsListed,
	"UploadPartsListedAcrossPages":   (*subject).manyParts,
	"UploadPartsListingStops":        (*subject).listingStops,
	"UploadCompleteWithWrongETag":    (*subject).wrongETag,
	"UploadCompleteWithUnknownPart":  (*subject).unknownPart,
	"UploadCompleteTwice":            (*subject).completeTwice,
	"UploadAbortTwice":               (*subject).abortTwice,
	"UploadGoneAfterAbort":           (*subject).goneAfterAbort,
	"UploadUnknown":                  (*subject).unknownUpload,
	"UploadPartOfOtherBytes":         (*subject).partOfOtherBytes,
	"UploadsOfOneKeyAreIndependent":  (*subject).independent,
	"UploadsListed":                  (*subject).uploadsListed,
	"UploadMetadataSurvivesComplete": (*subject).uploadMetadata,
}

// upload is an upload on its way in a test.
type upload struct {
	*subject
	sender.Upload
	name string
	data []byte
}

// begin opens an upload of parts of the sizes given.
func (s *subject) begin(name string, sizes ...int64) *upload {
	s.Helper()
	var size int64
	for _, n := range sizes {
		size += n
	}
	u, err := s.Store.Begin(s.Context(), s.object(name, size))
	if err != nil {
		s.Fatalf("Begin %q: %v", name, err)
	}
	if u.Key != s.key(name) || u.ID == "" || len(u.ID) > 1024 {
		s.Fatalf("Begin %q: upload %+v", name, u)
	}
	return &upload{subject: s, Upload: u, name: name, data: Bytes(uint64(size), size)}
}

// send sends the range [offset, offset+n) as a part.
func (u *upload) send(number int, offset, n int64) sender.StoredPart {
	u.Helper()
	p := sender.Part{Number: number, Offset: offset, Payload: Payload(u.data[offset:offset+n], u.Store.Wire())}
	r, err := u.Store.SendPart(u.Context(), u.Upload, p)
	if err != nil {
		u.Fatalf("SendPart %d: %v", number, err)
	}
	u.wantChecksum("SendPart", r.Checksum, p.Data)
	if r.ETag == "" || len(r.ETag) > 128 || strings.Contains(r.ETag, `"`) {
		u.Errorf("SendPart %d: ETag %q", number, r.ETag)
	}
	return sender.StoredPart{Number: number, Size: n, ETag: r.ETag, Checksum: r.Checksum}
}

// complete completes the upload with the parts given.
func (u *upload) complete(parts ...sender.StoredPart) (sender.Receipt, error) {
	wire := u.Store.Wire()
	o := u.object(u.name, int64(len(u.data)))
	whole := hasher.Sum(u.data, hasher.SetOf(wire)).Get(wire)
	return u.Store.Complete(u.Context(), u.Upload, o, sender.Completion{Parts: parts, Whole: whole})
}

// wantComplete completes the upload, and expects the object to be there.
func (u *upload) wantComplete(parts ...sender.StoredPart) {
	u.Helper()
	r, err := u.complete(parts...)
	if err != nil {
		u.Fatalf("Complete: %v", err)
	}
	if !r.Checksum.IsZero() {
		u.wantChecksum("Complete", r.Checksum, u.data)
	}
	u.wantObject(u.name, u.data)
}

func (s *subject) onePart() {
	u := s.begin("object", 100)
	u.wantComplete(u.send(1, 0, 100))
}

func (s *subject) lastPart() {
	u := s.begin("object", s.PartSize, s.PartSize, 1)
	u.wantComplete(u.send(1, 0, s.PartSize), u.send(2, s.PartSize, s.PartSize), u.send(3, 2*s.PartSize, 1))
}

func (s *subject) outOfOrder() {
	u := s.begin("object", s.PartSize, s.PartSize, 77)
	three := u.send(3, 2*s.PartSize, 77)
	one := u.send(1, 0, s.PartSize)
	two := u.send(2, s.PartSize, s.PartSize)
	u.wantComplete(one, two, three)
}

func (s *subject) gaps() {
	u := s.begin("object", s.PartSize, s.PartSize, 77)
	u.wantComplete(u.send(2, 0, s.PartSize), u.send(5, s.PartSize, s.PartSize), u.send(9, 2*s.PartSize, 77))
}

func (s *subject) concurrentParts() {
	const n = 16
	sizes := slices.Repeat([]int64{s.PartSize}, n)
	u := s.begin("object", sizes...)
	parts := make([]sender.StoredPart, n)
	var all sync.WaitGroup
	for i := range parts {
		all.Go(func() { parts[i] = u.send(i+1, int64(i)*s.PartSize, s.PartSize) })
	}
	all.Wait()
	u.wantComplete(parts...)
}

// lastCounts sends a number three times: other bytes, fewer bytes, and what is meant.
func (s *subject) lastCounts() {
	u := s.begin("object", s.PartSize, s.PartSize)
	two := u.send(2, s.PartSize, s.PartSize)
	u.sendOther(1, s.PartSize)
	u.sendOther(1, s.PartSize/2)
	one := u.send(1, 0, s.PartSize)
	if got := u.parts(); len(got) != 2 || got[0].ETag != one.ETag || got[0].Size != s.PartSize {
		s.Errorf("Parts: %+v, want the last of each number: %+v", got, []sender.StoredPart{one, two})
	}
	u.wantComplete(one, two)
}

// sendOther sends bytes that are not the object's.
func (u *upload) sendOther(number int, n int64) {
	u.Helper()
	p := sender.Part{Number: number, Payload: u.payload(4711, n)}
	if _, err := u.Store.SendPart(u.Context(), u.Upload, p); err != nil {
		u.Fatalf("SendPart %d: %v", number, err)
	}
}

func (s *subject) invisible() {
	u := s.begin("object", s.PartSize)
	s.wantNothing("object")
	one := u.send(1, 0, s.PartSize)
	s.wantNothing("object")
	u.wantComplete(one)
}

func (s *subject) uploadOverwrites() {
	before := s.payload(1, 1000)
	s.put("object", before)
	u := s.begin("object", s.PartSize)
	one := u.send(1, 0, s.PartSize)
	s.wantObject("object", before.Data)
	u.wantComplete(one)
}

func (s *subject) wrongETag() {
	u := s.begin("object", s.PartSize, 77)
	one, two := u.send(1, 0, s.PartSize), u.send(2, s.PartSize, 77)
	wrong := one
	wrong.ETag = strings.Repeat("0", len(one.ETag))
	_, err := u.complete(wrong, two)
	s.wantError("Complete with a wrong ETag", err, sender.ErrInvalidPart, "object")
	s.wantNothing("object")
	u.wantComplete(one, two)
}

func (s *subject) unknownPart() {
	u := s.begin("object", s.PartSize, 77)
	one := u.send(1, 0, s.PartSize)
	unsent := sender.StoredPart{Number: 2, Size: 77, ETag: one.ETag, Checksum: one.Checksum}
	_, err := u.complete(one, unsent)
	s.wantError("Complete with an unknown part", err, sender.ErrInvalidPart, "object")
	s.wantNothing("object")
	u.wantComplete(one, u.send(2, s.PartSize, 77))
}

func (s *subject) completeTwice() {
	u := s.begin("object", 100)
	one := u.send(1, 0, 100)
	u.wantComplete(one)
	if _, err := u.complete(one); err != nil || !s.Settles {
		s.wantError("second Complete", err, sender.ErrNoSuchUpload, "object")
	}
	s.wantObject("object", u.data)
}

func (s *subject) abortTwice() {
	u := s.begin("object", s.PartSize)
	u.send(1, 0, s.PartSize)
	for range 2 {
		if err := s.Store.Abort(s.Context(), u.Upload); err != nil {
			s.Errorf("Abort: %v", err)
		}
	}
	s.wantNothing("object")
}

func (s *subject) goneAfterAbort() {
	u := s.begin("object", s.PartSize)
	one := u.send(1, 0, s.PartSize)
	if err := s.Store.Abort(s.Context(), u.Upload); err != nil {
		s.Fatalf("Abort: %v", err)
	}
	u.wantGone(one)
}

// wantGone expects every use of the upload to fail with ErrNoSuchUpload.
func (u *upload) wantGone(one sender.StoredPart) {
	u.Helper()
	_, err := u.Store.SendPart(u.Context(), u.Upload, sender.Part{Number: 1, Payload: u.payload(1, u.PartSize)})
	u.wantError("SendPart", err, sender.ErrNoSuchUpload, u.name)
	_, err = u.complete(one)
	u.wantError("Complete", err, sender.ErrNoSuchUpload, u.name)
	var failed error
	for _, err := range u.Store.Parts(u.Context(), u.Upload) {
		failed = err
	}
	u.wantError("Parts", failed, sender.ErrNoSuchUpload, u.name)
	u.wantNothing(u.name)
}

func (s *subject) unknownUpload() {
	u := s.begin("object", s.PartSize)
	one := u.send(1, 0, s.PartSize)
	if err := s.Store.Abort(s.Context(), u.Upload); err != nil {
		s.Fatal(err)
	}
	u.ID = "0123456789ABCDEF0123456789ABCDEF"
	u.wantGone(one)
	if err := s.Store.Abort(s.Context(), u.Upload); err != nil {
		s.Errorf("Abort of an unknown upload: %v", err)
	}
}

// partOfOtherBytes sends bytes that changed after they were hashed; see putOther.
func (s *subject) partOfOtherBytes() {
	u := s.begin("object", s.PartSize)
	p := sender.Part{Number: 1, Payload: s.payload(1, s.PartSize)}
	p.Data[0] ^= 1
	r, err := s.Store.SendPart(s.Context(), u.Upload, p)
	if err == nil {
		s.wantChecksum("SendPart of other bytes", r.Checksum, p.Data)
		return
	}
	s.wantError("SendPart of other bytes", err, sender.ErrCorrupt, "object")
	if got := u.parts(); len(got) != 0 {
		s.Errorf("the refused part is listed: %+v", got)
	}
}

func (s *subject) independent() {
	a, b := s.begin("object", s.PartSize), s.begin("object", s.PartSize)
	if a.ID == b.ID {
		s.Fatalf("two uploads have the id %q", a.ID)
	}
	b.data = Bytes(99, s.PartSize)
	one := a.send(1, 0, s.PartSize)
	other := b.send(1, 0, s.PartSize)
	a.wantComplete(one)
	b.wantComplete(other)
}

func (s *subject) uploadMetadata() {
	if s.NoMetadata {
		s.Skip("the store keeps no metadata")
	}
	o := s.object("object", 100)
	o.Metadata = map[string]string{"origin": "line 7"}
	u, err := s.Store.Begin(s.Context(), o)
	if err != nil {
		s.Fatal(err)
	}
	up := &upload{subject: s, Upload: u, name: "object", data: Bytes(1, 100)}
	up.wantComplete(up.send(1, 0, 100))
	s.wantMetadata("object", o.Metadata)
}

// name returns the i-th of many names.
func name(i int) string { return fmt.Sprintf("many/%03d", i) }
