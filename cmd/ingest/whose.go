package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/spf13/cobra"
)

// whose says whose uploads are meant: a job's, known by its manifest and its journal, or everybody's.
type whose struct {
	manifest string
	format   string
	root     string
	journal  string
	all      bool
}

func (w *whose) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&w.manifest, "manifest", "", "only uploads of the keys that this manifest `FILE` names, and of its journal")
	f.StringVar(&w.format, "format", auto, "manifest `FORMAT`: auto (by name), jsonl, csv or list")
	f.StringVar(&w.root, "root", "", "`DIR` where the manifest's relative sources start, if run had one")
	f.StringVar(&w.journal, "journal", "", "only uploads that this journal `FILE` knows, or none (default: beside the manifest)")
	f.BoolVar(&w.all, "all", false, "every upload under the URL, whoever began it")
}

func (w *whose) check() error {
	if w.all && (w.manifest != "" || w.journal != "") {
		return usagef("--all means everybody's uploads, --manifest and --journal a job's: give one of them")
	}
	if _, err := manifests.ParseFormat(w.format); err != nil {
		return usagef("--format: %w", err)
	}
	return nil
}

// stated reports whether anybody was named at all.
func (w *whose) stated() bool {
	return w.all || w.manifest != "" || (w.journal != "" && w.journal != "none")
}

// journalPath is the journal to look into, or "". One beside the manifest need not be there.
func (w *whose) journalPath() string {
	switch {
	case w.journal == "none":
		return ""
	case w.journal != "":
		return w.journal
	case w.manifest == "" || w.manifest == "-":
		return ""
	}
	beside := w.manifest + journalSuffix
	if _, err := os.Lstat(beside); errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	return beside
}

// openManifest opens and checks the manifest, if one is named; else nil.
func (w *whose) openManifest(cmd *cobra.Command, prefix string) (*manifests.Manifest, error) {
	if w.manifest == "" {
		return nil, nil
	}
	format, _ := manifests.ParseFormat(w.format) // checked before
	m, err := awaited(cmd.Context(), func() (*manifests.Manifest, error) {
		return manifests.Open(w.manifest, manifests.Options{Format: format, Root: w.root, Prefix: prefix, Stdin: cmd.InOrStdin()})
	})
	if err != nil {
		return nil, err
	}
	if _, err := m.Check(cmd.Context(), manifests.Check{}); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// journalUse is how a journal is opened: to look into it, or to hold it against the run that it belongs to.
type journalUse func(path string, job journal.Job) (*journal.Journal, *journal.State, error)

func journalPeeked(path string, job journal.Job) (*journal.Journal, *journal.State, error) {
	state, err := journal.Peek(path, job)
	return nil, state, err
}

func journalHeld(path string, job journal.Job) (*journal.Journal, *journal.State, error) {
	return journal.Open(path, job, journal.Options{Tool: version})
}

// openJournal reads a journal of whatever job, as long as its rows went to the place called target.
func openJournal(path, target string, use journalUse) (*journal.Journal, *journal.State, error) {
	job, err := jobOf(path)
	if err != nil {
		return nil, nil, err
	}
	if job.Target != target {
		return nil, nil, &exit{exitJournal, fmt.Errorf("the journal %s is of a job to %s, not to %s: give its URL, and its --endpoint if it had one",
			path, job.Target, target)}
	}
	j, state, err := use(path, job)
	if err != nil {
		return nil, nil, &exit{exitJournal, explainJournal(err)}
	}
	return j, state, nil
}

// jobOf reads of what job a journal is.
func jobOf(path string) (journal.Job, error) {
	f, err := os.Open(path)
	if err != nil {
		return journal.Job{}, usage(fmt.Errorf("open the journal: %w", err))
	}
	defer f.Close()
	for item, err := range journal.Scan(f) {
		if err != nil {
			return journal.Job{}, &exit{exitJournal, fmt.Errorf("%s: %w", path, err)}
		}
		if item.Header != nil {
			return item.Header.Job, nil
		}
	}
	return journal.Job{}, &exit{exitJournal, fmt.Errorf("%s: %w", path, journal.ErrFormat)}
}

// rowsByUpload lists the uploads that a journal knows, by id.
func rowsByUpload(state *journal.State) map[string]int64 {
	rows := make(map[string]int64, len(state.Uploads))
	for row, u := range state.Uploads {
		rows[u.Begun.UploadID] = row
	}
	return rows
}

// rowsByKey says which of some keys a manifest names, in which rows. It holds no more than the keys asked for.
func rowsByKey(ctx context.Context, m *manifests.Manifest, asked map[string]int64) error {
	for row, err := range m.Rows(ctx) {
		if err != nil {
			return err
		}
		if _, ok := asked[row.Key]; ok {
			asked[row.Key] = row.Number
		}
	}
	return nil
}
