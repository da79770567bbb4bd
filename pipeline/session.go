package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
)

// Settings say what a [Session] moves, where to, and how. Store and Manifest are needed.
type Settings struct {
	Store    sender.Store        // as its package made it: [Open] puts what all stores have in common on top
	Manifest *manifests.Manifest // [Upload] makes its own

	// Journal is the file that remembers what is done, so that the same settings carry on where an earlier session
	// ended, however that came. Empty: nothing is remembered.
	Journal string

	// Place is what the journal calls the store; one of another place is refused. Empty: what the store says of
	// itself. Stores that say nothing need it, if there is a Journal.
	Place string

	Sender  sender.Options // Retries, Counters and Quit are set from Options and by the session
	Reader  reader.Options // Buffers are as many as Options.Parallel and MaxParallel say
	Options Options
}

// ErrRows is returned when a run has ended, and not every row has ended well; see [Progress.Finished]. The error wraps
// the first failure of this run too.
var ErrRows = errors.New("not every row has ended well")

// Session is a job with everything that it needs: [Job] and [Runner] for who moves files from a program of his own.
// It runs once. To try again what failed, close it and open another.
type Session struct {
	*Runner
	job      Job
	counters sender.Counters
	quit     func()

	mu    sync.Mutex
	first error // of the rows that did not end well
}

// Open checks the whole manifest and takes the journal. It asks nothing of the store. The session must be closed; the
// store and the manifest remain the caller's.
//
// It fails with *[manifests.Mistakes], with [ErrOption], and as [journal.Open] does.
func Open(ctx context.Context, s Settings) (*Session, error) {
	checked, err := s.Manifest.Check(ctx, manifests.Check{Row: func(row *manifests.Row) error { return s.Store.Check(ObjectOf(row)) }})
	if err != nil {
		return nil, err
	}
	if err := s.Options.Check(s.Store.Limits()); err != nil {
		return nil, err
	}
	session := new(Session)
	session.job = s.job(session, checked)
	if session.job.Journal, session.job.Known, err = s.openJournal(checked); err != nil {
		return nil, err
	}
	if session.Runner, err = New(session.job); err != nil {
		return nil, errors.Join(err, session.job.Journal.Close())
	}
	return session, nil
}

// job is everything but the journal.
func (s Settings) job(session *Session, checked manifests.Summary) Job {
	quitting := make(chan struct{})
	session.quit = sync.OnceFunc(func() { close(quitting) })
	s.Sender.Quit, s.Sender.Counters = quitting, &session.counters
	s.Sender.Retries = s.Options.Retries
	s.Reader.Buffers, s.Reader.Most = s.Options.withDefaults().Parallel, s.Options.MaxParallel
	observe := s.Options.withDefaults().Observe
	s.Options.Observe = func(e Event) {
		session.note(e)
		observe(e)
	}
	return Job{
		Manifest: s.Manifest, Total: checked.Rows, Options: s.Options, Reader: reader.New(s.Reader),
		Store: sender.Stack(s.Store, s.Sender), Counted: &session.counters,
	}
}

// openJournal opens the journal, or one that nobody will open again.
func (s Settings) openJournal(checked manifests.Summary) (*journal.Journal, *journal.State, error) {
	job := IdentityOf(s.Manifest, checked, cmp.Or(s.Place, PlaceOf(s.Store, "")))
	switch {
	case s.Journal == "":
		return journal.Temporary(job, journal.Options{})
	case job.Target == "":
		return nil, nil, fmt.Errorf("%w: a journal of a store that does not say where it is needs a Place", ErrOption)
	}
	return journal.Open(s.Journal, job, journal.Options{Ahead: s.Options.Ahead()})
}

// note keeps the first failure.
func (s *Session) note(e Event) {
	if e.Kind != Settled || e.Err == nil || s.job.Options.Accept.well(e.Status) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first == nil {
		s.first = fmt.Errorf("%s: %w", e.Source, e.Err)
	}
}

// Run brings every row to its outcome, as [Runner.Run] does, and then fails with [ErrRows] unless all of them have ended
// well.
func (s *Session) Run(ctx context.Context) error {
	if err := s.Runner.Run(ctx); err != nil {
		return err
	}
	return s.missing()
}

// RunShowing is Run, and calls show with the progress: every so often, and once more at the end, never twice at a time.
func (s *Session) RunShowing(ctx context.Context, interval time.Duration, show func(Progress)) error {
	stop := every(interval, func() { show(s.Progress()) })
	err := s.Run(ctx)
	stop()
	show(s.Progress())
	return err
}

func (s *Session) missing() error {
	p := s.Progress()
	if p.Finished(s.job.Options.Accept) {
		return nil
	}
	err := fmt.Errorf("%w: of %d, %d failed, %d could not be proven, and the callbacks of %d failed",
		ErrRows, p.Rows, p.Failed, p.Unverified, p.CallbackFailed)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first == nil {
		return err
	}
	return fmt.Errorf("%w; first %w", err, s.first)
}

// Stop is [Runner.Stop], and ends the trying again too.
func (s *Session) Stop(cause error) {
	s.Runner.Stop(cause)
	s.quit()
}

// Requests tells what was asked of the store so far.
func (s *Session) Requests() *sender.Counters { return &s.counters }

// Report writes the report, as [Report] does, once Run has brought every row to an outcome.
func (s *Session) Report(ctx context.Context, w io.Writer) error { return Report(ctx, w, s.job) }

// Close gives the journal back. That of a job of which nothing is left to do is deleted.
func (s *Session) Close() error {
	if p := s.Progress(); p.Finished(s.job.Options.Accept) {
		return s.job.Journal.Remove()
	}
	return s.job.Journal.Close()
}
