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
// be decoded and without a network. Compare allocations, and processor time by benchstat. The law: a small object
// costs at most twice the CPU time of bench/floor, which signing and the request share with this.
func BenchmarkSmallRow(b *testing.B) {
	benchmarkRows(b, 16<<10, 64, Options{})
}

// BenchmarkLargeRow is the same for files that take all stages, part by part: reading, both checksums and the
// channels between. The law: a part costs what its bytes do: as many MB/s for each core as BenchmarkRead of
// package reader has, and nothing allocated in proportion to bytes.
func BenchmarkLargeRow(b *testing.B) {
	b.SetBytes(256 << 20)
	benchmarkRows(b, 256<<20, 1, Options{PartSize: 8 << 20, Parallel: 4})
}

// benchmarkRows runs b.N rows that name files in turn, each of size bytes.
func benchmarkRows(b *testing.B, size int64, files int, o Options) {
	dir := b.TempDir()
	for i := range files {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), sendertest.Bytes(uint64(i), size), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	j, known, err := journal.Temporary(journal.Job{Rows: int64(b.N)}, journal.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	r, err := New(Job{
		Manifest: rowsOf{dir, b.N, files}, Total: int64(b.N), Journal: j, Known: known, Options: o,
		Store: sender.Stack(sink{}, sender.Options{}), Reader: reader.New(reader.Options{Buffers: o.Parallel}),
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

// rowsOf is a manifest of n rows that name the files of a folder in turn.
type rowsOf struct {
	dir      string
	n, files int
}

func (r rowsOf) Rows(context.Context) iter.Seq2[*manifests.Row, error] {
	names := make([]string, r.files)
	for i := range names {
		names[i] = filepath.Join(r.dir, fmt.Sprint(i))
	}
	return func(yield func(*manifests.Row, error) bool) {
		row := manifests.Row{Size: -1}
		for i := range r.n {
			row.Number, row.Path = int64(i+1), names[i%r.files]
			row.Source, row.Key = row.Path, row.Path
			if !yield(&row, nil) {
				return
			}
		}
	}
}

// sink is a store that takes everything and keeps nothing, in no time.
type sink struct{ sender.Store }

func (sink) Wire() hasher.Algorithm { return hasher.CRC64NVME }

func (sink) Limits() sender.Limits { return sender.Limits{} }

func (sink) Put(_ context.Context, _ *sender.Object, p sender.Payload) (sender.Receipt, error) {
	return sender.Receipt{ETag: "0", Checksum: p.Sums.Get(hasher.CRC64NVME)}, nil
}

func (sink) Begin(context.Context, *sender.Object) (sender.Upload, error) {
	return sender.Upload{ID: "1"}, nil
}

func (sink) SendPart(_ context.Context, _ sender.Upload, p sender.Part) (sender.Receipt, error) {
	return sender.Receipt{ETag: "0", Checksum: p.Sums.Get(hasher.CRC64NVME)}, nil
}

func (sink) Complete(_ context.Context, _ sender.Upload, _ *sender.Object, c sender.Completion) (sender.Receipt, error) {
	return sender.Receipt{ETag: "0", Checksum: c.Whole}, nil
}
