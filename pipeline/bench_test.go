package pipeline

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// BenchmarkSmallRow is what the pipeline, the reader and the journal spend on a row of 16 KiB, without a manifest to
// be decoded and without a network. Compare allocations, and processor time by benchstat.
func BenchmarkSmallRow(b *testing.B) {
	dir := b.TempDir()
	for i := range 64 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), sendertest.Bytes(uint64(i), 16<<10), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	j, known, err := journal.Temporary(journal.Job{Rows: int64(b.N)}, journal.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	r, err := New(Job{
		Manifest: rowsOf{dir, b.N}, Total: int64(b.N), Journal: j, Known: known,
		Store: sender.Stack(sink{}, sender.Options{}), Reader: reader.New(reader.Options{}),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	if err := r.Run(b.Context()); err != nil || r.Progress().Done != int64(b.N) {
		b.Fatal(err, r.Progress())
	}
}

// rowsOf is a manifest of n rows that name the 64 files of a folder.
type rowsOf struct {
	dir string
	n   int
}

func (r rowsOf) Rows(context.Context) iter.Seq2[*manifests.Row, error] {
	var names [64]string
	for i := range names {
		names[i] = filepath.Join(r.dir, fmt.Sprint(i))
	}
	return func(yield func(*manifests.Row, error) bool) {
		row := manifests.Row{Size: -1}
		for i := range r.n {
			row.Number, row.Path = int64(i+1), names[i%64]
			row.Source, row.Key = row.Path, row.Path
			if !yield(&row, nil) {
				return
			}
		}
	}
}

// sink is a store that takes objects of one part, and keeps none.
type sink struct{ sender.Store }

func (sink) Wire() hasher.Algorithm { return hasher.CRC64NVME }

func (sink) Limits() sender.Limits { return sender.Limits{} }

func (sink) Put(_ context.Context, _ *sender.Object, p sender.Payload) (sender.Receipt, error) {
	return sender.Receipt{ETag: "0", Checksum: p.Sums.Get(hasher.CRC64NVME)}, nil
}
