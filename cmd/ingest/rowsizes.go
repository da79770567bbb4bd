package main

import (
	"context"
	"fmt"
	"os"

	"github.com/ingest-dev/ingest/bench"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/spf13/cobra"
)

// rowSizes is how large the rows of a manifest are.
type rowSizes struct {
	bench.Sizes
	items   []bench.Item // evenly chosen rows, with the sizes that their sources have now
	stride  int64        // from one source that is looked at to the next
	asked   int64        // sources that were looked at for it
	missing int64        // of these, those that cannot be looked at
}

// readSizes checks a manifest, and reads the sizes that it states. For those that it does not state, it looks at the
// sources, of sample rows at most, evenly chosen; if the items are wanted, also at those of other rows of the sample.
// No source is opened.
func readSizes(cmd *cobra.Command, path string, o manifests.Options, items bool) (*rowSizes, error) {
	ctx := cmd.Context()
	m, err := awaited(ctx, func() (*manifests.Manifest, error) { return manifests.Open(path, o) })
	if err != nil {
		return nil, stoppedEarly(ctx, err)
	}
	defer func() { _ = m.Close() }() // it was only read
	summary, err := m.Check(ctx, manifests.Check{})
	if err != nil {
		return nil, stoppedEarly(ctx, err)
	}
	s := &rowSizes{stride: max(1, (summary.Rows+sampled-1)/sampled)}
	if err := s.read(ctx, m, items); err != nil {
		return nil, stoppedEarly(ctx, err)
	}
	if s.Objects() == 0 || items && len(s.items) == 0 {
		return nil, usagef("%s: there is no row whose source is there", m.Name())
	}
	return s, nil
}

// sampled is how many sources are looked at, at most: enough for each size that has a share of a thousandth.
const sampled = 10_000

func (s *rowSizes) read(ctx context.Context, m *manifests.Manifest, items bool) error {
	for row, err := range m.Rows(ctx) {
		if err != nil {
			return err
		}
		if row.Size >= 0 {
			s.Add(row.Size, 1)
		}
		if row.Number%s.stride == 0 && (items || row.Size < 0) {
			s.look(row)
		}
	}
	return nil
}

// look asks the source for its size. It stands for as many rows as there are from one that is looked at to the next.
func (s *rowSizes) look(row *manifests.Row) {
	s.asked++
	info, err := os.Stat(row.Path)
	if err != nil || !info.Mode().IsRegular() {
		s.missing++
		return
	}
	if row.Size < 0 {
		s.Add(info.Size(), float64(s.stride))
	}
	s.items = append(s.items, bench.Item{Size: info.Size(), Path: row.Path})
}

// text tells it to a person.
func (s *rowSizes) text() string {
	text := fmt.Sprintf("%s objects, %s, the largest %s", humanCount(int64(s.Objects())), humanBytes(int64(s.Bytes())), humanBytes(s.Largest))
	if s.missing > 0 {
		text += fmt.Sprintf("; %s of %s sources looked at are not there, and left out", humanCount(s.missing), humanCount(s.asked))
	}
	return text
}
