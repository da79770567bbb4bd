package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
)

// worthRecalling is from how many rows on a manifest is not checked again. Fewer are checked in a quarter of a second,
// and the sizes that the check counts are what a progress bar wants.
const worthRecalling = 100_000

// recall confirms that the manifest is the very text that an earlier run of this job has checked, if its journal tells
// of one. Whatever the journal is, it is opened and judged later; here it is only looked at.
func (t *transfer) recall(ctx context.Context, j *job, past string) bool {
	begun, ok := jobBegun(past)
	if !ok || begun.Rows < worthRecalling {
		return false
	}
	j.summary, ok = j.manifest.Recall(ctx, manifests.Recall{
		Rows: begun.Rows, Names: t.own.names(),
		Known: func(digest [16]byte) bool {
			return j.identityOf(manifests.Summary{Rows: begun.Rows, Digest: digest}) == begun
		},
	})
	return ok
}

// jobBegun reads of what job a journal is, if there is one that tells.
func jobBegun(path string) (journal.Job, bool) {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return journal.Job{}, false
	}
	job, err := jobOf(path)
	return job, err == nil
}

// past names the journal that may tell of an earlier run, or none. That of a job to be begun anew tells nothing.
func (t *transfer) past(beside string) string {
	path, err := t.journalPath(beside)
	if err != nil || t.restart {
		return ""
	}
	return path
}

// names are what the files are called in their directories.
func (o ownFiles) names() []string {
	var names []string
	for path := range o {
		names = append(names, filepath.Base(path))
	}
	return names
}
