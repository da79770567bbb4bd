package sendertest

import (
	"slices"

	"github.com/ingest-dev/ingest/sender"
)

// parts returns what the store lists.
func (u *upload) parts() []sender.StoredPart {
	u.Helper()
	var all []sender.StoredPart
	for p, err := range u.Store.Parts(u.Context(), u.Upload) {
		if err != nil {
			u.Fatalf("Parts: %v", err)
		}
		all = append(all, p)
	}
	return all
}

func (s *subject) partsListed() {
	u := s.begin("object", s.PartSize, s.PartSize, 77)
	if got := u.parts(); len(got) != 0 {
		s.Errorf("a new upload has parts: %+v", got)
	}
	want := []sender.StoredPart{u.send(3, 2*s.PartSize, 77), u.send(1, 0, s.PartSize)}
	slices.Reverse(want)
	u.wantListed(want)
}

func (u *upload) wantListed(want []sender.StoredPart) {
	u.Helper()
	got := u.parts()
	same := slices.EqualFunc(got, want, func(g, w sender.StoredPart) bool {
		unsaid := u.NoChecksum && g.Checksum.IsZero()
		return g.Number == w.Number && g.Size == w.Size && g.ETag == w.ETag && (unsaid || g.Checksum == w.Checksum)
	})
	if !same {
		u.Errorf("Parts: %+v, want %+v", got, want)
	}
}

func (s *subject) manyParts() {
	if !s.ManyParts {
		s.Skip("the subject does not want many parts")
	}
	const n = 1001
	u := s.begin("object", slices.Repeat([]int64{s.PartSize}, n)...)
	parts := make([]sender.StoredPart, n)
	for i := range parts {
		parts[i] = u.send(i+1, int64(i)*s.PartSize, s.PartSize)
	}
	u.wantListed(parts)
	u.wantComplete(parts...)
}

func (s *subject) listingStops() {
	u := s.begin("object", s.PartSize, s.PartSize)
	u.send(1, 0, s.PartSize)
	u.send(2, s.PartSize, s.PartSize)
	for range u.Store.Parts(s.Context(), u.Upload) {
		break // panics if the store goes on
	}
}

func (s *subject) uploadsListed() {
	lister, ok := s.Store.(sender.UploadLister)
	if !ok {
		s.Skip("the store cannot list uploads")
	}
	b, a, other := s.begin("x/b", 1), s.begin("x/a", 1), s.begin("y", 1)
	completed := s.begin("x/c", 100)
	completed.wantComplete(completed.send(1, 0, 100))
	want := []sender.Upload{a.Upload, b.Upload}
	if got := s.listUploads(lister, s.key("x/")); !slices.Equal(got, want) {
		s.Errorf("Uploads: %v, want %v", got, want)
	}
	for _, u := range []*upload{a, b, other} {
		if err := s.Store.Abort(s.Context(), u.Upload); err != nil {
			s.Fatal(err)
		}
	}
	if got := s.listUploads(lister, s.key("")); len(got) != 0 {
		s.Errorf("Uploads after all were ended: %v", got)
	}
}

func (s *subject) listUploads(lister sender.UploadLister, prefix string) []sender.Upload {
	s.Helper()
	var got []sender.Upload
	for u, err := range lister.Uploads(s.Context(), prefix) {
		if err != nil {
			s.Fatalf("Uploads: %v", err)
		}
		if u.Begun.IsZero() {
			s.Errorf("Uploads: %q has begun at no time", u.Key)
		}
		got = append(got, u.Upload)
	}
	return got
}
