package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/spf13/cobra"
)

// conclude writes the report, ends the journal's life if its work is done, prints the summary and finds the exit.
func (m *move) conclude(cmd *cobra.Command, j *job, p pipeline.Progress, runErr error) error {
	outcome := m.outcome(p, runErr)
	if runErr == nil {
		outcome = cmp.Or(m.wrapUp(cmd, j, p), outcome)
	}
	s := newSummary(j, p, exitCode(outcome))
	if err := s.print(cmd.OutOrStdout(), m.json, m.report == "-"); err != nil {
		cmd.PrintErrf("ingest: the summary could not be printed: %v\n", err)
	}
	return outcome
}

// wrapUp is what is left when every row has its outcome: the report, and the end of the journal.
func (m *move) wrapUp(cmd *cobra.Command, j *job, p pipeline.Progress) error {
	if err := m.writeReport(cmd.Context(), cmd.OutOrStdout(), j); err != nil {
		code := exitStopped
		if journalError(err) {
			code = exitJournal
		}
		return &exit{code, fmt.Errorf("all rows have their outcome, but the report is not written: %w; to write it:\n  %s",
			causeOf(cmd.Context(), err), commandLine())}
	}
	if err := m.endJournal(j, p); err != nil {
		return &exit{exitJournal, err}
	}
	return nil
}

// causeOf is why ctx ended, if that is what err says, else err.
func causeOf(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return context.Cause(ctx)
	}
	return err
}

// outcome is what the run's end means to the process.
func (m *move) outcome(p pipeline.Progress, runErr error) error {
	switch {
	case errors.Is(runErr, manifests.ErrChanged):
		return manifestChanged(runErr)
	case runErr != nil:
		return &exit{exitCode(runErr), fmt.Errorf("%w; to go on:\n  %s", explainJournal(runErr), commandLine())}
	case p.Finished(m.accept):
		return nil
	case p.Failed > 0:
		return &exit{exitFailed, fmt.Errorf("%s of %s rows failed; to try them again:\n  %s",
			humanCount(p.Failed), humanCount(p.Rows), commandLine())}
	case p.Unverified > 0 && !m.accept.Unverified:
		return &exit{exitFailed, fmt.Errorf("%s rows are stored, but the store offers no checksum to prove them by: "+
			"compare them by other means, or accept it with --allow-unverified", humanCount(p.Unverified))}
	case p.CallbackFailed > 0 && !m.accept.CallbackFailed:
		return &exit{exitFailed, fmt.Errorf("%s rows are stored and proven, but their callbacks failed, or may have (the report has each): "+
			"they are not sent again; tell the application yourself, and accept it with --allow-callback-failed", humanCount(p.CallbackFailed))}
	}
	return &exit{exitFailed, fmt.Errorf("%s of %s rows have no outcome; to go on:\n  %s",
		humanCount(p.Rows-p.Settled()), humanCount(p.Rows), commandLine())}
}

// manifestChanged is the end of a run whose manifest was edited under it. The journal is of the manifest as it was,
// so that the same command goes on only if the rows are the same after all.
func manifestChanged(err error) error {
	again := commandLine()
	return &exit{exitJournal, fmt.Errorf("%w; the journal is of the manifest as it was; to go on with that, put it back and:\n"+
		"  %s\nto begin anew with the manifest as it is now:\n  %s --restart", err, again, again)}
}

func (m *move) writeReport(ctx context.Context, stdout io.Writer, j *job) error {
	switch m.report {
	case "":
		return nil
	case "-":
		return pipeline.Report(ctx, stdout, j.Job)
	}
	return writeFile(m.report, func(w io.Writer) error { return pipeline.Report(ctx, w, j.Job) })
}

// endJournal deletes the journal of a job of which nothing is left to do. Rows that are stored, and are still to be
// accepted, would be sent again without it.
func (m *move) endJournal(j *job, p pipeline.Progress) error {
	if m.keepJournal || !p.Finished(m.accept) {
		return nil
	}
	return j.Journal.Remove()
}
