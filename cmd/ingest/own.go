package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/ingest-dev/ingest/manifests"
)

// ownFiles are the files that a run writes: none of them may be one that it reads, or another of them.
type ownFiles map[string]string // absolute path to what it is

// owned lists the files of this command line, and refuses two uses of one file. The manifest, or the file of put, is
// where the run is.
func (t *transfer) owned(beside, report string) (ownFiles, error) {
	journal, err := t.journalPath(beside)
	if err != nil {
		return nil, err
	}
	own := ownFiles{}
	for _, f := range []struct{ path, what string }{{beside, "the manifest"}, {journal, "the journal"}, {report, "the report"}} {
		if f.path == "" || f.path == "-" {
			continue
		}
		path := absolute(f.path)
		if other, twice := own[path]; twice {
			return nil, usagef("%q is to be %s and %s at once: give one of them another name", f.path, other, f.what)
		}
		own[path] = f.what
	}
	delete(own, absolute(beside)) // a manifest may list itself
	return own, nil
}

// check refuses a row whose source the run would write over. Links are looked behind only where the name is the same:
// a manifest has many rows.
func (o ownFiles) check(row *manifests.Row) error {
	for path, what := range o {
		if filepath.Base(path) == filepath.Base(row.Path) && absolute(row.Path) == path {
			return fmt.Errorf("the source is %s of this run: give that another name", what)
		}
	}
	return nil
}

// absolute is the path behind symbolic links, as far as it is there.
func absolute(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// reportStart is how every line of a report begins.
const reportStart = `{"row":`

// isReport reports whether a file may be written over: it is empty, or a report. Whatever name or link a source has,
// a run cannot spoil it then.
func isReport(path string, size int64) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	start := make([]byte, min(size, int64(len(reportStart))))
	_, err = io.ReadFull(f, start)
	return err == nil && (size == 0 || string(start) == reportStart)
}

// checkReport finds out before anything is sent if the report can be written.
func checkReport(path string) error {
	if path == "" || path == "-" {
		return nil
	}
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return usagef("--report %s: it is a directory", path)
	}
	if err == nil && !info.Mode().IsRegular() {
		return nil // a pipe or a device takes what it takes
	}
	if err == nil && !isReport(path, info.Size()) {
		return usagef("--report %s: it is there, and is not a report: give it another name, or remove it", path)
	}
	probe, err := os.CreateTemp(filepath.Dir(path), ".ingest-report-*")
	if err != nil {
		return usagef("--report %s: %w", path, err)
	}
	if err := probe.Close(); err != nil {
		return usagef("--report %s: %w", path, err)
	}
	return os.Remove(probe.Name())
}
