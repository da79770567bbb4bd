package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/sender"
	"github.com/spf13/cobra"
)

// abortParallel is how many uploads are aborted at once: some thousand in a minute, which no store minds.
const abortParallel = 16

// abort drops what is meant. With --dry-run it only says what that would be.
func (c *uploadsCommand) abort(cmd *cobra.Command, url string) error {
	if !c.stated() {
		return usagef("whose uploads? Give the job's --manifest or --journal, or --all for every upload under %s", url)
	}
	use := journalHeld
	if c.dryRun {
		use = journalPeeked
	}
	return c.on(cmd, url, use, func(ctx context.Context, b *openUploads, log *logger) error {
		a := &aborter{openUploads: b, log: log, out: newUploadPrinter(cmd.OutOrStdout(), c.json, c.parts), dry: c.dryRun}
		err := a.all(ctx, c)
		log.Info().Msg(a.text())
		return err
	})
}

// aborter aborts uploads, several at once.
type aborter struct {
	*openUploads
	log *logger
	dry bool

	mu      sync.Mutex
	out     uploadPrinter
	aborted int
	failed  int
	fatal   error // what makes it useless to go on
}

// all aborts what is listed. One that cannot be aborted does not stop the others.
func (a *aborter) all(ctx context.Context, c *uploadsCommand) error {
	work, stop := context.WithCancel(ctx)
	defer stop()
	queue := make(chan openUpload)
	var wg sync.WaitGroup
	for range abortParallel {
		wg.Go(func() {
			for u := range queue {
				if a.one(work, u) != nil {
					stop()
				}
			}
		})
	}
	err := a.feed(work, c, queue)
	close(queue)
	wg.Wait()
	return a.outcome(ctx, errors.Join(err, a.out.flush()))
}

// feed lists into the queue until all is listed, or work ends.
func (a *aborter) feed(work context.Context, c *uploadsCommand, queue chan<- openUpload) error {
	for u, err := range a.uploads(work, c) {
		if err != nil {
			return err
		}
		select {
		case queue <- u:
		case <-work.Done():
			return nil
		}
	}
	return nil
}

// one aborts an upload, and returns what makes it useless to go on.
func (a *aborter) one(ctx context.Context, u openUpload) error {
	var err error
	if !a.dry {
		err = a.stack.Abort(ctx, u.Upload)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case err == nil:
		a.aborted++
		err = errors.Join(a.forget(u), a.print(u))
	case ctx.Err() != nil:
		return nil
	case sender.KindOf(err) != sender.StopRun:
		a.failed++
		a.log.Error().Str("key", u.Key).Str("upload", u.ID).Err(err).Msg("not aborted")
		return nil
	}
	if a.fatal == nil {
		a.fatal = err
	}
	return err
}

// forget notes in the journal that an upload is no more.
func (a *aborter) forget(u openUpload) error {
	if a.journal == nil || a.known[u.ID] == 0 {
		return nil
	}
	if err := a.journal.Append(journal.Dropped{Row: u.row}); err != nil {
		return &exit{exitJournal, explainJournal(err)}
	}
	return nil
}

func (a *aborter) print(u openUpload) error {
	if err := a.out.print(u); err != nil {
		return unprinted(err)
	}
	return nil
}

// outcome is what the end means to the process. The worst comes first.
func (a *aborter) outcome(ctx context.Context, err error) error {
	switch {
	case a.fatal != nil:
		return a.openUploads.failed(ctx, a.fatal)
	case ctx.Err() != nil:
		return &exit{exitStopped, fmt.Errorf("stopped before the end: %w; to go on:\n  %s", context.Cause(ctx), commandLine())}
	case err != nil:
		return a.openUploads.failed(ctx, err)
	case a.failed > 0:
		return &exit{exitFailed, fmt.Errorf("%s could not be aborted; to try again:\n  %s", plural(a.failed, "upload"), commandLine())}
	}
	return nil
}

func (a *aborter) text() string {
	if a.dry {
		return plural(a.aborted, "upload") + " would be aborted"
	}
	return plural(a.aborted, "upload") + " aborted"
}
