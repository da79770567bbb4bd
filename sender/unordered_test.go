package sender_test

import (
	"context"
	"iter"
	"slices"
	"testing"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// unordered lists uploads as some stores do: by their ids.
type unordered struct{ sender.Store }

func (unordered) Uploads(context.Context, string) iter.Seq2[sender.OpenUpload, error] {
	return func(yield func(sender.OpenUpload, error) bool) {
		for _, u := range []sender.Upload{{Key: "b", ID: "1"}, {Key: "c", ID: "2"}, {Key: "a", ID: "3"}, {Key: "b", ID: "4"}} {
			if !yield(sender.OpenUpload{Upload: u}, nil) {
				return
			}
		}
	}
}

func TestUploadsInNoOrderAreAllListed(t *testing.T) {
	lister, _ := sender.Lister(sender.Stack(unordered{sendertest.NewMemoryWith(sendertest.MemoryOptions{})}, sender.Options{}))
	var ids []string
	for u, err := range lister.Uploads(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, u.ID)
	}
	if !slices.Equal(ids, []string{"1", "2", "3", "4"}) {
		t.Errorf("listed %v", ids)
	}
}
