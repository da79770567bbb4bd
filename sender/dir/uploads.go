package dir

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"iter"
	"slices"
	"strings"

	"github.com/ingest-dev/ingest/sender"
)

const opUploads = "list uploads"

// Uploads yields the open uploads as they are when it is called. It holds all of them in memory.
func (s *Store) Uploads(ctx context.Context, prefix string) iter.Seq2[sender.OpenUpload, error] {
	return func(yield func(sender.OpenUpload, error) bool) {
		open, err := s.listUploads(ctx, prefix)
		if err != nil {
			yield(sender.OpenUpload{}, failed(opUploads, prefix, 0, err))
			return
		}
		for _, u := range open {
			if !yield(u, nil) {
				return
			}
		}
	}
}

func (s *Store) listUploads(ctx context.Context, prefix string) ([]sender.OpenUpload, error) {
	entries, err := s.staged()
	if err != nil {
		return nil, err
	}
	var open []sender.OpenUpload
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var m meta
		err := s.find(e.Name())
		if err == nil {
			m, err = s.readMeta(e.Name())
		}
		switch {
		case errors.Is(err, sender.ErrNoSuchUpload):
		case errors.Is(err, fs.ErrNotExist): // ended while we looked
		case err != nil:
			return nil, err
		case strings.HasPrefix(m.Key, prefix):
			open = append(open, sender.OpenUpload{Upload: sender.Upload{Key: m.Key, ID: e.Name()}, Begun: m.Begun})
		}
	}
	slices.SortFunc(open, func(a, b sender.OpenUpload) int {
		return cmp.Or(strings.Compare(a.Key, b.Key), strings.Compare(a.ID, b.ID))
	})
	return open, nil
}
