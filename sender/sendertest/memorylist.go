package sendertest

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/ingest-dev/ingest/sender"
)

// Uploads yields the open uploads as they are when it is called.
func (m *Memory) Uploads(ctx context.Context, prefix string) iter.Seq2[sender.OpenUpload, error] {
	return func(yield func(sender.OpenUpload, error) bool) {
		for _, u := range m.listUploads(prefix) {
			if ctx.Err() != nil {
				yield(sender.OpenUpload{}, fail(sender.Error{Op: "list uploads", Kind: sender.TryAgain}, ctx.Err()))
				return
			}
			if !yield(u, nil) {
				return
			}
		}
	}
}

func (m *Memory) listUploads(prefix string) []sender.OpenUpload {
	m.mu.Lock()
	defer m.mu.Unlock()
	var open []sender.OpenUpload
	for _, u := range m.uploads {
		if strings.HasPrefix(u.Key, prefix) {
			open = append(open, u.OpenUpload)
		}
	}
	slices.SortFunc(open, func(a, b sender.OpenUpload) int {
		return strings.Compare(a.Key+"\x00"+a.ID, b.Key+"\x00"+b.ID)
	})
	return open
}
