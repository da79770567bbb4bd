package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/spf13/cobra"
)

// uploadsCommand is what uploads list and uploads abort share: where to look, and for whose.
type uploadsCommand struct {
	target
	whose
	older  time.Duration
	json   bool
	parts  bool
	dryRun bool
}

func newUploads() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "uploads",
		Short: "List or abort multipart uploads that were left open",
		Long: `An upload that was begun and never completed keeps its parts in the store, and
they are paid for, until it is completed or aborted. A run that is carried on to
its end leaves none. These commands are for the runs that are not.`,
		Args: cobra.ArbitraryArgs,
		RunE: unknownCommand,
	}
	cmd.AddCommand(newUploadsList(), newUploadsAbort())
	return cmd
}

func newUploadsList() *cobra.Command {
	c := &uploadsCommand{}
	cmd := &cobra.Command{
		Use:   "list URL",
		Short: "List the uploads that are open under a URL",
		Long: `List prints the uploads that are open under the URL, whoever began them: key,
upload id, when it was begun, and with --parts how much it holds. --manifest and
--journal leave only those of a job. On a terminal it is a table, elsewhere
fields between tabs; names that hold control characters are quoted.`,
		Example: `  ingest uploads list oss://lake/2026/ --parts
  ingest uploads list oss://lake/2026/11/20/ --manifest nightly.jsonl
  ingest uploads list s3://lake/ --older 24h --json`,
		Args: exactly("a URL"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.list(cmd, args[0]) },
	}
	c.flags(cmd)
	return cmd
}

func newUploadsAbort() *cobra.Command {
	c := &uploadsCommand{}
	cmd := &cobra.Command{
		Use:   "abort URL",
		Short: "Abort uploads that are open under a URL; their parts are dropped",
		Long: `Abort drops the uploads of one job: of the keys that --manifest names, and of
its journal, which is looked for beside it or named by --journal. With --all it
drops every upload under the URL, of other programs too. It goes on when one
cannot be aborted, and prints those that were. A journal that a run is using is
refused. To see first what would be dropped, use --dry-run.`,
		Example: `  ingest uploads abort oss://lake/2026/11/20/ --manifest nightly.jsonl
  ingest uploads abort oss://lake/2026/ --all --older 72h --dry-run`,
		Args: exactly("a URL"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.abort(cmd, args[0]) },
	}
	c.flags(cmd)
	cmd.Flags().BoolVar(&c.dryRun, "dry-run", false, "print what would be aborted, and abort nothing")
	return cmd
}

func (c *uploadsCommand) flags(cmd *cobra.Command) {
	c.target.flags(cmd)
	c.whose.flags(cmd)
	f := cmd.Flags()
	f.DurationVar(&c.older, "older", 0, "only uploads that were begun longer ago, such as 24h")
	f.BoolVar(&c.parts, "parts", false, "ask for the parts of each: their number and bytes")
	f.BoolVar(&c.json, "json", false, "one JSON object a line")
}

// list prints what is open.
func (c *uploadsCommand) list(cmd *cobra.Command, url string) error {
	return c.on(cmd, url, journalPeeked, func(ctx context.Context, b *openUploads, log *logger) error {
		out := newUploadPrinter(cmd.OutOrStdout(), c.json, c.parts)
		n := 0
		for u, err := range b.uploads(ctx, c) {
			if err != nil {
				return errors.Join(out.flush(), b.failed(ctx, err))
			}
			if err := out.print(u); err != nil {
				return unprinted(err)
			}
			n++
		}
		if err := out.flush(); err != nil {
			return unprinted(err)
		}
		log.Info().Msgf("%s open under %s", plural(n, "upload"), url)
		return nil
	})
}

// on opens what a command works on, does it, and lets go.
func (c *uploadsCommand) on(cmd *cobra.Command, url string, use journalUse, do func(context.Context, *openUploads, *logger) error) error {
	log, err := newLog(cmd)
	if err != nil {
		return err
	}
	c.url = url
	if err := c.check(); err != nil {
		return err
	}
	b, err := c.open(cmd, use)
	if err != nil {
		return err
	}
	defer b.close()
	c.warn(cmd, b.store, log)
	return do(cmd.Context(), b, log)
}

// check finds what is wrong with the flags alone.
func (c *uploadsCommand) check() error {
	if c.older < 0 {
		return usagef("--older %v: want how long ago, such as 24h", c.older)
	}
	return c.whose.check()
}

// failed is what the store's failure to list means to the process.
func (b *openUploads) failed(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return &exit{exitStopped, fmt.Errorf("stopped before the end: %w", context.Cause(ctx))}
	case sender.KindOf(err) == sender.TryAgain:
		return unanswered(b.store, err)
	}
	if _, stores := errors.AsType[*sender.Error](err); stores {
		return &exit{exitRefused, err}
	}
	return err
}

func unprinted(err error) error { return &exit{exitFailed, fmt.Errorf("print the uploads: %w", err)} }

// plural is a number with the name of what it counts.
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return humanCount(int64(n)) + " " + one + "s"
}
