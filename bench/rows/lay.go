//go:build unix

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
)

// files is how many there are for the rows to name.
const files = 1000

// lay makes the files and the manifest, and returns where it is.
func lay(data string, rows int64) (string, error) {
	if err := os.MkdirAll(filepath.Join(data, "files"), 0o700); err != nil {
		return "", err
	}
	for i := range files {
		name := filepath.Join(data, "files", fmt.Sprint(i))
		if err := os.WriteFile(name, fmt.Appendln(nil, i), 0o600); err != nil {
			return "", err
		}
	}
	path := filepath.Join(data, fmt.Sprintf("rows-%d.jsonl", rows))
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return path, err
	}
	return path, list(path, rows)
}

// list writes the manifest under another name first: half of one would be taken for it the next time.
func list(path string, rows int64) error {
	f, err := os.Create(path + ".new")
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	for i := range rows {
		fmt.Fprintf(w, "{\"source\":\"files/%d\",\"key\":\"rows/%d/of/many/with/a/key/of/usual/length-%09d.dat\"}\n", i%files, i%997, i)
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// remember writes the journal of a job of which every row but the last is done.
func remember(ctx context.Context, path, manifest, endpoint string, rows int64) (err error) {
	m, err := manifests.Open(manifest, manifests.Options{})
	if err != nil {
		return err
	}
	defer m.Close() //nolint:errcheck // it was only read
	summary, err := m.Check(ctx, manifests.Check{})
	if err != nil {
		return err
	}
	if err := journal.Discard(path); err != nil {
		return err
	}
	j, _, err := journal.Open(path, journal.Job{
		Manifest: summary.Digest, Rows: rows, Target: "s3://null/ at " + endpoint, Root: m.Root(),
	}, journal.Options{})
	if err != nil {
		return err
	}
	for row := range rows - 1 {
		if err := j.Append(done(row + 1)); err != nil {
			return errors.Join(err, j.Close())
		}
	}
	return j.Close()
}

// done is what a run remembers of a small row.
func done(row int64) journal.Outcome {
	return journal.Outcome{
		Row: row, Status: journal.Done, Size: 4, Parts: 1, XXH3: uint64(row), HasXXH3: true, Attempts: 1,
		Checksum: hasher.FromUint64(hasher.CRC64NVME, uint64(row)), ETag: "d41d8cd98f00b204e9800998ecf8427e",
	}
}
