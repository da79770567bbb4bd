package pipeline

import (
	"context"
	"runtime"
	"time"

	"github.com/ingest-dev/ingest/journal"
	"github.com/sourcegraph/conc"
)

// Runner runs one job, once.
type Runner struct {
	job     Job
	opts    Options
	sources func(path string) (source, error)
	pauses  []time.Duration // of patiently
	opening chan struct{}   // one for each file on which the store works while its source is open
	tally   *tally
	halt    *halt
	watch   watch
	flow    *flow
}

// New returns a runner of the job. It fails with [ErrOption] if the options do not suit the store.
func New(job Job) (*Runner, error) {
	if err := job.Options.Check(job.Store.Limits()); err != nil {
		return nil, err
	}
	if job.Known == nil {
		job.Known = journal.NewState()
	}
	r := &Runner{
		job: job, opts: job.Options.withDefaults(), sources: openers(job.Reader), pauses: pauses[:],
		tally: newTally(job.Total), halt: newHalt(),
	}
	r.flow = newFlow(r.opts)
	r.opening = make(chan struct{}, half(r.flow.most))
	r.skipped()
	return r, nil
}

// skipped counts what an earlier run has done.
func (r *Runner) skipped() {
	done := r.job.Known.Done.GetCardinality()
	r.tally.done.Store(int64(done))
	r.tally.skipped.Store(int64(done))
	if !r.reproves() {
		r.tally.unverified.Store(int64(r.job.Known.Unverified.GetCardinality()))
	}
	r.tally.kept.Store(int64(r.job.Known.Kept.GetCardinality()))
	r.tally.callbackFailed.Store(int64(r.job.Known.CallbackFailed.GetCardinality()))
	r.tally.bytes.Store(r.job.Known.Bytes)
}

// Run brings every row to its outcome and returns when the last goroutine of it has ended.
//
// It returns nil if no row was left without an outcome, failed rows included; an error wrapping [ErrStopped] and
// the cause after [Runner.Stop]; the store's *sender.Error if it refused the run; an error wrapping
// journal.ErrDead if the journal failed. In each of these cases the journal can be carried on from. When ctx
// ends, requests in flight are cut off; Stop lets them finish.
func (r *Runner) Run(ctx context.Context) error {
	var wg conc.WaitGroup
	back := make(chan *file)
	l := &ledger{Runner: r}
	s := r.steps(ctx)
	defer r.tune()()

	files := l.lane(&wg, s, r.dispatch(ctx, &wg, back, l.settle), back)
	parts := r.scatter(&wg, files)
	parts = stage(&wg, r.crew("read"), parts, s.read)
	parts = stage(&wg, &crew{desks: r.desks("hash", runtime.GOMAXPROCS(0))}, parts, s.hash)
	parts = stage(&wg, r.crew("send"), parts, s.send)
	files = l.gather(&wg, parts)
	wg.Go(func() { work(r.crew("finish"), files, through(s.finish, back)) })

	wg.Wait()
	if err := r.job.Journal.Sync(context.WithoutCancel(ctx)); err != nil {
		r.halt.stop(err)
	}
	return r.result(ctx)
}

// Stop asks the run to take no new work, to finish what is in flight and to return an error that wraps
// [ErrStopped] and cause. It does not wait.
func (r *Runner) Stop(cause error) { r.halt.stop(&stopped{cause}) }

// Progress tells how far the run is. It may be called at any time.
func (r *Runner) Progress() Progress {
	p := r.tally.progress()
	p.Parallel = int(r.flow.peak.Load())
	return p
}

// Active lists the files that are being sent in parts, in no order. It may be called at any time.
func (r *Runner) Active() []Active { return r.tally.files() }

func (r *Runner) result(ctx context.Context) error {
	if err := r.halt.err(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return &stopped{context.Cause(ctx)}
	}
	return nil
}

// stopped is ErrStopped with the reason.
type stopped struct{ cause error }

func (s *stopped) Error() string {
	if s.cause == nil {
		return ErrStopped.Error()
	}
	return ErrStopped.Error() + ": " + s.cause.Error()
}

func (s *stopped) Is(target error) bool { return target == ErrStopped }

func (s *stopped) Unwrap() error { return s.cause }
