package manifests_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/ingest-dev/ingest/manifests"
)

// rowsFile writes a manifest of n short rows, all with different keys.
func rowsFile(tb testing.TB, name, header, format string, n int) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	_, _ = w.WriteString(header)
	for i := range n {
		_, _ = fmt.Fprintf(w, format, i%997, i)
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	return path
}

var benchmarked = []struct{ name, header, format string }{
	{"m.jsonl", "", "{\"source\":\"data/%03d/part-%09d.bin\",\"size\":4096}\n"},
	{"m.csv", "source,size\n", "data/%03d/part-%09d.bin,4096\n"},
	{"m.txt", "", "data/%03d/part-%09d.bin\n"},
}

// The law: half a million rows a second are checked of any format, as nothing is sent before the last one is; memory
// does not grow with them beyond the keys' hashes.
func BenchmarkCheck(b *testing.B) {
	const rows = 1_000_000
	for _, f := range benchmarked {
		path := rowsFile(b, f.name, f.header, f.format, rows)
		b.Run(f.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m, err := manifests.Open(path, manifests.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if s, err := m.Check(b.Context(), manifests.Check{}); err != nil || s.Rows != rows {
					b.Fatal(s.Rows, err)
				}
				_ = m.Close()
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// The law: rows are read faster than they are checked.
func BenchmarkRows(b *testing.B) {
	const rows = 1_000_000
	for _, f := range benchmarked {
		path := rowsFile(b, f.name, f.header, f.format, rows)
		b.Run(f.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m, err := manifests.Open(path, manifests.Options{})
				if err != nil {
					b.Fatal(err)
				}
				for _, err := range m.Rows(b.Context()) {
					if err != nil {
						b.Fatal(err)
					}
				}
				_ = m.Close()
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
