package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
)

// move is what run and put share: to send, to be stopped, to report.
type move struct {
	transfer
	keepJournal bool
	allow       bool
	report      string
	progress    string
	json        bool
	deadline    time.Duration
}

func (m *move) flags(cmd *cobra.Command) {
	m.transfer.flags(cmd)
	m.journalFlags(cmd)
	f := cmd.Flags()
	f.BoolVar(&m.restart, "restart", false, "throw the journal away first, aborting the uploads that it knows")
	f.BoolVar(&m.keepJournal, "keep-journal", false, "keep the journal when all is done")
	f.BoolVar(&m.allow, "allow-unverified", false, "exit 0 although the store offered no checksum for some rows")
	f.StringVar(&m.report, "report", "", "write one JSON line a row to `FILE`, or - for stdout")
	f.StringVar(&m.progress, "progress", auto, "auto, bar, plain or none")
	f.BoolVar(&m.json, "json", false, "the summary on stdout as one JSON object")
	f.DurationVar(&m.deadline, "deadline", 0, "stop taking new parts after this long, finish those in flight, exit 3")
}

// errDeadline is why a run stops that has a deadline.
var errDeadline = errors.New("deadline reached")

// run moves a manifest's rows; its journal is beside the file named.
func (m *move) run(cmd *cobra.Command, beside string, open func(prefix string) (*manifests.Manifest, error)) error {
	log, err := newLog(cmd)
	if err != nil {
		return err
	}
	if m.progress, err = progressKind(m.progress, cmd.ErrOrStderr()); err != nil {
		return err
	}
	if err := m.check(beside); err != nil {
		return err
	}
	began := time.Now()
	ctx, stop := m.preparing(cmd.Context())
	defer stop()
	j, err := m.prepare(ctx, beside, open)
	if err != nil {
		return stoppedEarly(ctx, err)
	}
	defer j.close()
	m.warnOfDescriptors(log)
	stop() // from here on signals let parts finish
	if m.deadline > 0 {
		m.deadline = max(1, m.deadline-time.Since(began))
	}
	return m.conduct(cmd, j, log)
}

// check finds what is wrong with the flags alone.
func (m *move) check(beside string) (err error) {
	switch {
	case m.json && m.report == "-":
		return usagef("--json and --report - both want stdout: give the report a file")
	case m.deadline < 0:
		return usagef("--deadline %v: want a time from now", m.deadline)
	}
	if m.own, err = m.owned(beside, m.report); err != nil {
		return err
	}
	return checkReport(m.report)
}

// preparing is the time before the first byte is sent: a signal or the deadline simply ends it.
func (m *move) preparing(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := interruptible(ctx)
	if m.deadline == 0 {
		return ctx, stop
	}
	ctx, cancel := context.WithTimeoutCause(ctx, m.deadline, errDeadline)
	return ctx, func() {
		cancel()
		stop()
	}
}

// prepare opens all that the job needs, the journal last: until then nothing is changed.
func (m *move) prepare(ctx context.Context, beside string, open func(prefix string) (*manifests.Manifest, error)) (*job, error) {
	j, err := m.open(ctx, open)
	if err != nil {
		return nil, err
	}
	if err = preflight(ctx, j); err == nil {
		err = m.openJournal(ctx, j, beside)
	}
	if err != nil {
		j.close()
		return nil, err
	}
	return j, nil
}

// stoppedEarly is err, unless the run was stopped before it could begin.
func stoppedEarly(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return &exit{exitStopped, fmt.Errorf("stopped before anything was sent: %w; to begin again:\n  %s",
		context.Cause(ctx), commandLine())}
}

// conduct runs the job under the eyes of the user and tells how it ended.
func (m *move) conduct(cmd *cobra.Command, j *job, log *logger) error {
	show := newProgress(m.progress, cmd.ErrOrStderr(), j)
	j.Options.Observe = func(e pipeline.Event) { logEvent(log.Logger, e) }
	logKnown(log.Logger, j)
	r, err := pipeline.New(j.Job)
	if err != nil {
		return err
	}
	err = m.supervise(cmd.Context(), r, show, log)
	return m.conclude(cmd, j, r.Progress(), err)
}

// supervise runs r until it ends, with progress shown, signals heard and the deadline kept.
func (m *move) supervise(ctx context.Context, r *pipeline.Runner, show progress, log *logger) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if m.deadline > 0 {
		t := time.AfterFunc(m.deadline, func() { r.Stop(errDeadline) })
		defer t.Stop()
	}
	signals := listen(r, cancel, log.Logger)
	defer signals.close()
	show.start(r)
	defer show.stop()
	log.above(show)
	defer log.above(nil)
	return r.Run(ctx)
}

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
		return &exit{exitStopped, fmt.Errorf("write report: %w; once it can be written:\n  %s", err, commandLine())}
	}
	if err := m.endJournal(j, p); err != nil {
		return &exit{exitJournal, err}
	}
	return nil
}

// outcome is what the run's end means to the process.
func (m *move) outcome(p pipeline.Progress, runErr error) error {
	switch {
	case runErr != nil:
		return &exit{exitCode(runErr), fmt.Errorf("%w; to go on:\n  %s", runErr, commandLine())}
	case p.Failed > 0:
		return &exit{exitFailed, fmt.Errorf("%s of %s rows failed; to try them again:\n  %s",
			humanCount(p.Failed), humanCount(p.Rows), commandLine())}
	case p.Unverified > 0 && !m.allow:
		return &exit{exitFailed, fmt.Errorf("%s rows are stored, but the store offers no checksum to prove them by: "+
			"compare them by other means, or accept it with --allow-unverified", humanCount(p.Unverified))}
	}
	return nil
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

// endJournal deletes the journal of a job of which nothing is left to do.
func (m *move) endJournal(j *job, p pipeline.Progress) error {
	if p.Failed > 0 || m.keepJournal {
		return nil
	}
	return j.Journal.Remove()
}

func logKnown(log zerolog.Logger, j *job) {
	k := j.Known
	if k.Torn > 0 {
		log.Warn().Int64("bytes", k.Torn).Msg("the journal's last record was cut off by a crash; its work is done again")
	}
	if k.Damage != nil {
		log.Warn().Msg("the journal is damaged: " + k.Damage.String())
	}
	if done := k.Done.GetCardinality(); done > 0 || len(k.Uploads) > 0 {
		log.Info().Uint64("done", done).Int("uploads", len(k.Uploads)).Msg("carrying on from the journal")
	}
}

func logEvent(log zerolog.Logger, e pipeline.Event) {
	switch {
	case e.Kind == pipeline.Settled && e.Err != nil:
		log.Error().Int64("row", e.Row).Str("source", e.Source).Err(e.Err).Msg("row failed")
	case e.Kind == pipeline.SentAgain:
		log.Warn().Int64("row", e.Row).Str("key", e.Key).Err(e.Err).Msg("sending the row again")
	case e.Kind == pipeline.Swept:
		log.Info().Int64("row", e.Row).Str("key", e.Key).Msg("aborted uploads that a crash had left unknown to the journal")
	case e.Kind == pipeline.Forgotten:
		log.Warn().Int64("row", e.Row).Str("key", e.Key).Msg("the store no longer knows the upload: starting over")
	default:
		log.Debug().Int64("row", e.Row).Str("key", e.Key).Stringer("status", e.Status).Msg("row settled")
	}
}
