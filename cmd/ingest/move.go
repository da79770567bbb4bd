package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/spf13/cobra"
)

// move is what run and put share: to send, to be stopped, to report.
type move struct {
	transfer
	keepJournal bool
	accept      pipeline.Accept
	report      string
	progress    string
	json        bool
	deadline    time.Duration
}

func (m *move) flags(cmd *cobra.Command) {
	m.transfer.flags(cmd)
	m.properties.flags(cmd)
	m.journalFlags(cmd)
	m.ifExists.flag(cmd)
	f := cmd.Flags()
	f.BoolVar(&m.restart, "restart", false, "throw the journal away first, aborting the uploads that it knows")
	f.BoolVar(&m.keepJournal, "keep-journal", false, "keep the journal when all is done")
	f.BoolVar(&m.accept.Unverified, "allow-unverified", false, "exit 0 although the store offered no checksum for some rows")
	f.BoolVar(&m.accept.CallbackFailed, "allow-callback-failed", false, "exit 0 although the callbacks of some rows failed")
	f.BoolVar(&m.adopt.Search, "adopt-uploads", false, "carry on uploads that other programs left open under the same keys, where their parts are the file's")
	f.StringVar(&m.report, "report", "", "write one JSON line a row to `FILE`, or - for stdout")
	f.StringVar(&m.token, "token", auto, "auto: mark an object where nothing else would settle a lost answer; or never")
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
	m.warn(cmd, j, log)
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
	if m.deadline == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, m.deadline, errDeadline)
}

// prepare opens all that the job needs, the journal last: until then nothing is changed.
func (m *move) prepare(ctx context.Context, beside string, open func(prefix string) (*manifests.Manifest, error)) (*job, error) {
	j, err := m.open(ctx, opening{manifest: open, past: m.past(beside), accept: m.accept})
	if err != nil {
		return nil, err
	}
	if err = preflight(ctx, j); err == nil {
		foresee(ctx, j)
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
	err = m.supervise(cmd.Context(), &running{r, j}, show, log)
	return m.conclude(cmd, j, r.Progress(), err)
}

// running is a job that runs.
type running struct {
	*pipeline.Runner
	job *job
}

// stop lets parts in flight finish. What waits to be tried again is given up.
func (r *running) stop(cause error) {
	r.Stop(cause)
	r.job.quit()
}

// supervise runs r until it ends, with progress shown, signals heard and the deadline kept.
func (m *move) supervise(ctx context.Context, r *running, show progress, log *logger) error {
	if m.deadline > 0 {
		t := time.AfterFunc(m.deadline, func() { r.stop(errDeadline) })
		defer t.Stop()
	}
	defer r.heed(signalsOf(ctx), log)()
	defer m.watch(r, log)()
	show.start(r.Runner)
	defer show.stop()
	log.above(show)
	defer log.above(nil)
	return r.Run(ctx)
}

// heed makes the first signal stop the run, and SIGQUIT tell what it waits for, until the function returned is called.
func (r *running) heed(s *signals, log *logger) func() {
	signalsBack := s.instead(func(sig os.Signal) time.Duration {
		r.stop(fmt.Errorf("%v", sig))
		wait := graceFor(sig)
		s.tell(func() {
			log.Warn().Stringer("signal", sig).Msgf("stopping: parts in flight may finish for %v; once more stops at once", wait)
		})
		return wait
	})
	quitBack := s.onQuit(r.describe)
	return func() {
		signalsBack()
		quitBack()
	}
}
