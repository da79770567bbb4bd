package pipeline

import (
	"testing"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

type folder struct{ sender.Store }

func (folder) String() string { return "file:///data" }

type bucket struct{ sender.Store }

func (bucket) String() string   { return "oss://lake" }
func (bucket) Endpoint() string { return "https://oss.example.com" }

// Two places of one name would let a journal be taken for that of the other; two names of one would not let it go on.
func TestPlacesAreConfused(t *testing.T) {
	for _, c := range []struct {
		store        sender.Store
		prefix, want string
	}{
		{bucket{}, "", "oss://lake/ at https://oss.example.com"},
		{bucket{}, "a/", "oss://lake/a/ at https://oss.example.com"},
		{folder{}, "", "file:///data"},
		{sendertest.NewMemory(), "", ""},
	} {
		if got := PlaceOf(c.store, c.prefix); got != c.want {
			t.Errorf("%T %q: %q, want %q", c.store, c.prefix, got, c.want)
		}
	}
}
