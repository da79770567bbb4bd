package main

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/sender"
	"github.com/spf13/cobra"
)

// openUploads is what the uploads commands work on: the store, and what is known of the job whose uploads are meant.
type openUploads struct {
	store    *store
	stack    sender.Store
	lister   sender.UploadLister
	manifest *manifests.Manifest // nil: not asked
	journal  *journal.Journal    // held; nil: not
	known    map[string]int64    // the journal's uploads by id, with their rows; nil: not asked
	closers  []func() error
}

// openUpload is an upload that a store holds open, and what else is known of it.
type openUpload struct {
	sender.OpenUpload
	row   int64 // of the job; 0: not known
	parts int   // -1: not known
	bytes int64
}

// open opens the store, and what tells the job's uploads from others.
func (c *uploadsCommand) open(cmd *cobra.Command, use journalUse) (*openUploads, error) {
	b := &openUploads{}
	for _, step := range []func() error{
		func() error { return b.openStore(cmd.Context(), &c.target) },
		func() error { return b.openManifest(cmd, &c.whose) },
		func() error { return b.openJournal(&c.whose, use) },
	} {
		if err := step(); err != nil {
			b.close()
			return nil, err
		}
	}
	return b, nil
}

func (b *openUploads) openStore(ctx context.Context, t *target) (err error) {
	if b.store, err = t.open(ctx, abortParallel); err != nil {
		return err
	}
	b.closers = append(b.closers, b.store.Close)
	b.stack = sender.Stack(b.store.Store, sender.Options{Retries: preflightRetries, Outage: -1})
	lister, ok := sender.Lister(b.stack)
	if !ok {
		return usagef("%s: this kind of store cannot list its uploads", t.url)
	}
	b.lister = lister
	return nil
}

func (b *openUploads) openManifest(cmd *cobra.Command, w *whose) (err error) {
	if b.manifest, err = w.openManifest(cmd, b.store.prefix); b.manifest != nil {
		b.closers = append(b.closers, b.manifest.Close)
	}
	return err
}

func (b *openUploads) openJournal(w *whose, use journalUse) error {
	path := w.journalPath()
	if path == "" {
		return nil
	}
	j, state, err := openJournal(path, b.store.name, use)
	if err != nil {
		return err
	}
	if b.known = rowsByUpload(state); j != nil {
		b.journal = j
		b.closers = append(b.closers, j.Close)
	}
	return nil
}

// close lets go of everything, the last opened first.
func (b *openUploads) close() {
	for i := len(b.closers) - 1; i >= 0; i-- {
		_ = b.closers[i]() // what fails now has no use left
	}
}

// uploads yields those that are meant, ordered by key. It stops at its first error.
func (b *openUploads) uploads(ctx context.Context, c *uploadsCommand) iter.Seq2[openUpload, error] {
	return func(yield func(openUpload, error) bool) {
		for u, err := range b.ofJob(ctx, b.listed(ctx, c.older)) {
			if err == nil && c.parts {
				err = b.measure(ctx, &u)
			}
			if errors.Is(err, sender.ErrNoSuchUpload) {
				continue // it ended while we looked
			}
			if !yield(u, err) || err != nil {
				return
			}
		}
	}
}

// listed yields what the store lists, if it is old enough. Of one that has no date nobody knows that.
func (b *openUploads) listed(ctx context.Context, older time.Duration) iter.Seq2[openUpload, error] {
	before := time.Now().Add(-older)
	return func(yield func(openUpload, error) bool) {
		for u, err := range b.lister.Uploads(ctx, b.store.prefix) {
			if err == nil && older > 0 && (u.Begun.IsZero() || u.Begun.After(before)) {
				continue
			}
			if !yield(openUpload{OpenUpload: u, row: b.known[u.ID], parts: -1}, err) || err != nil {
				return
			}
		}
	}
}

// ofJob leaves out what is not the job's, if a job was named.
func (b *openUploads) ofJob(ctx context.Context, listed iter.Seq2[openUpload, error]) iter.Seq2[openUpload, error] {
	if b.manifest == nil && b.known == nil {
		return listed
	}
	if b.manifest != nil {
		listed = b.named(ctx, listed)
	}
	return func(yield func(openUpload, error) bool) {
		for u, err := range listed {
			if err == nil && u.row == 0 {
				continue
			}
			if !yield(u, err) || err != nil {
				return
			}
		}
	}
}

// named finds the rows of uploads by their keys. Open uploads are few and rows are many: it is the uploads that are
// held in memory.
func (b *openUploads) named(ctx context.Context, listed iter.Seq2[openUpload, error]) iter.Seq2[openUpload, error] {
	return func(yield func(openUpload, error) bool) {
		var all []openUpload
		keys := map[string]int64{}
		for u, err := range listed {
			if err != nil {
				yield(openUpload{}, err)
				return
			}
			all = append(all, u)
			keys[u.Key] = 0
		}
		if err := rowsByKey(ctx, b.manifest, keys); err != nil {
			yield(openUpload{}, err)
			return
		}
		for _, u := range all {
			if u.row == 0 {
				u.row = keys[u.Key]
			}
			if !yield(u, nil) {
				return
			}
		}
	}
}

// measure asks how much an upload holds.
func (b *openUploads) measure(ctx context.Context, u *openUpload) error {
	u.parts, u.bytes = 0, 0
	for p, err := range b.stack.Parts(ctx, u.Upload) {
		if err != nil {
			return err
		}
		u.parts++
		u.bytes += p.Size
	}
	return nil
}
