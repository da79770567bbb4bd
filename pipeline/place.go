package pipeline

import (
	"fmt"
	"path/filepath"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/sender"
)

// PlaceOf is what a journal calls the place of objects in a store, under a prefix that their keys have: what the store
// says of itself. It is empty for a store that says nothing.
func PlaceOf(s sender.Store, prefix string) string {
	named, ok := s.(fmt.Stringer)
	if !ok {
		return ""
	}
	if at, ok := s.(interface{ Endpoint() string }); ok {
		return named.String() + "/" + prefix + " at " + at.Endpoint()
	}
	return named.String()
}

// IdentityOf is what a journal is of: a manifest as it was checked, whose objects go to a place. Where the working
// directory cannot be found, a relative root stays one.
func IdentityOf(m *manifests.Manifest, checked manifests.Summary, place string) journal.Job {
	root, err := filepath.Abs(m.Root())
	if err != nil {
		root = m.Root()
	}
	return journal.Job{Manifest: checked.Digest, Rows: checked.Rows, Target: place, Root: root}
}
