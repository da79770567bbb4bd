package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
)

// openJournal opens or begins the job's journal, beside the file of that name unless --journal says otherwise.
func (t *transfer) openJournal(ctx context.Context, j *job, beside string) error {
	path, err := t.journalPath(beside)
	if err != nil {
		return err
	}
	if t.restart {
		if err := j.forget(ctx, path); err != nil {
			return err
		}
	}
	if j.Journal, j.Known, err = j.takeJournal(path); err != nil {
		return &exit{exitJournal, explainJournal(err)}
	}
	j.closers = append(j.closers, j.Journal.Close)
	return nil
}

// takeJournal opens the journal at path, or, where that is empty, one that nobody will open again.
func (j *job) takeJournal(path string) (*journal.Journal, *journal.State, error) {
	if path == "" {
		return journal.Temporary(j.identity(), journal.Options{Tool: version})
	}
	return journal.Open(path, j.identity(), journal.Options{Tool: version, Ahead: j.Options.Ahead()})
}

// journalSuffix is what a journal is called after the manifest beside it.
const journalSuffix = ".journal"

// journalPath is where the journal is, or "" for none.
func (t *transfer) journalPath(beside string) (string, error) {
	switch {
	case t.journal == "none":
		return "", nil
	case t.journal != "":
		return t.journal, nil
	case beside == "-":
		return "", usagef("a manifest from stdin has no name to put a journal beside: give --journal FILE, or --journal none")
	}
	return beside + cmp.Or(t.suffix, journalSuffix), nil
}

// identity is what a journal is of.
func (j *job) identity() journal.Job { return j.identityOf(j.summary) }

// identityOf is what a journal is of, if that is what a check found.
func (j *job) identityOf(s manifests.Summary) journal.Job {
	s.Digest = j.digest(s.Digest)
	return pipeline.IdentityOf(j.manifest, s, j.store.name)
}

// digest is that of the manifest, its defaults included, and of what else flags decide for all objects. A run that is
// carried on with other flags would leave objects of two kinds: it is refused, as one with an edited manifest is.
func (j *job) digest(manifest [16]byte) [16]byte {
	text := string(manifest[:]) + j.store.mark
	if g := j.Options.Guess; g != pipeline.GuessName {
		text += " guess=" + g.String()
	}
	if len(text) == len(manifest) {
		return manifest
	}
	sum := sha256.Sum256([]byte(text))
	return [16]byte(sum[:])
}

// explainJournal says what to do about a journal that cannot be used.
func explainJournal(err error) error {
	switch {
	case errors.Is(err, journal.ErrLocked):
		return fmt.Errorf("%w: wait for the other run, or stop it", err)
	case errors.Is(err, journal.ErrOtherJob):
		return fmt.Errorf("%w; flags that say what all objects have, such as --metadata, are part of the manifest: "+
			"give the same ones, or name another journal with --journal, or begin anew with --restart", err)
	case errors.Is(err, journal.ErrDamaged):
		return fmt.Errorf("%w: name another with --journal, or begin anew with --restart", err)
	case errors.Is(err, journal.ErrFormat):
		return fmt.Errorf("%w: name another with --journal", err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: make room where the journal is", err)
	case errors.Is(err, os.ErrPermission), errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%w: name a file in a writable directory with --journal", err)
	}
	return err
}
