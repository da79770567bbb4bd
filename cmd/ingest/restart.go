package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/sender"
)

// forget throws a journal away and aborts the uploads that it knows. Those of another job's journal are left: they
// are in a place that this command line does not name.
func (j *job) forget(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); path == "" || errors.Is(err, os.ErrNotExist) {
		return nil
	}
	old, known, err := journal.Open(path, j.identity(), journal.Options{Tool: version})
	switch {
	case errors.Is(err, journal.ErrOtherJob), errors.Is(err, journal.ErrDamaged):
		return discard(path)
	case err != nil:
		return &exit{exitJournal, explainJournal(err)}
	}
	if err := j.abortAll(ctx, known); err != nil {
		return errors.Join(err, old.Close())
	}
	if err := old.Remove(); err != nil {
		return &exit{exitJournal, err}
	}
	return nil
}

func discard(path string) error {
	if err := journal.Discard(path); err != nil {
		return &exit{exitJournal, explainJournal(err)}
	}
	return nil
}

// abortAll aborts the uploads that a journal knows. Their keys are in the manifest.
func (j *job) abortAll(ctx context.Context, known *journal.State) error {
	if len(known.Uploads) == 0 {
		return nil
	}
	for row, err := range j.manifest.Rows(ctx) {
		if err != nil {
			return err
		}
		u := known.Upload(row.Number)
		if u == nil {
			continue
		}
		if err := j.Store.Abort(ctx, sender.Upload{Key: row.Key, ID: u.Begun.UploadID}); err != nil {
			return fmt.Errorf("the journal is kept: %w", err)
		}
	}
	return nil
}
