package pipeline

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender/sendertest"
	"github.com/sourcegraph/conc"
)

// hanging is a source whose reads wait for a file server that does not answer.
type hanging struct {
	source
	until <-chan struct{}
}

func (h *hanging) Read(ctx context.Context, off int64, n int) (*reader.Chunk, error) {
	<-h.until
	return h.source.Read(ctx, off, n)
}

func (h *hanging) Copy(ctx context.Context, off int64, n int) (*reader.Chunk, error) {
	<-h.until
	return h.source.Copy(ctx, off, n)
}

// hang has the reads of one source wait until the channel returned is closed.
func (l *lab) hang(name string) chan struct{} {
	until := make(chan struct{})
	l.hangOn(name, until)
	return until
}

// hangOn has the reads of one source wait for until.
func (l *lab) hangOn(name string, until <-chan struct{}) {
	l.between = func(open opener) opener {
		return func(path string) (source, error) {
			s, err := open(path)
			if err == nil && path == l.path(name) {
				s = &hanging{s, until}
			}
			return s, err
		}
	}
}

// wantStuck runs the job. Once all rows but one are done, it waits until each of these is stuck, and then lets go.
func (l *lab) wantStuck(letGo func(), want ...Stuck) {
	l.Helper()
	var looking sync.WaitGroup
	_, err := l.run(func(r *Runner) {
		looking.Go(func() {
			defer letGo()
			for p := r.Progress(); p.Done < p.Rows-1; p = r.Progress() {
				time.Sleep(time.Millisecond)
			}
			stuck := r.Stuck(20 * time.Millisecond)
			for end := time.Now().Add(10 * time.Second); !contains(stuck, want) && time.Now().Before(end); {
				time.Sleep(time.Millisecond)
				stuck = r.Stuck(20 * time.Millisecond)
			}
			if !contains(stuck, want) || len(r.Stuck(time.Hour)) != 0 {
				l.Errorf("want %+v: %+v", want, stuck)
			}
		})
	})
	looking.Wait()
	if err != nil {
		l.Fatal(err)
	}
}

// contains reports whether each of want is stuck, for longer than it says.
func contains(stuck, want []Stuck) bool {
	for _, w := range want {
		if !slices.ContainsFunc(stuck, func(s Stuck) bool {
			longer := s.Since > w.Since && s.Since < time.Minute
			s.Since = w.Since
			return longer && s == w
		}) {
			return false
		}
	}
	return true
}

func TestHungReadIsReportedAndTheOthersGoOn(t *testing.T) {
	l := newLab(t)
	l.mixed()
	l.file("hung", 2*partSize)
	until := l.hang("hung")
	l.wantStuck(func() { close(until) },
		Stuck{Row: 9, Key: "hung", Part: 1, Stage: "read", Since: 20 * time.Millisecond},
		Stuck{Row: 9, Key: "hung", Part: 2, Stage: "read", Since: 20 * time.Millisecond})
}

// With one buffer, which the first part holds, the second waits to be read.
func TestHungStoreIsReportedWithItsStage(t *testing.T) {
	for op, want := range map[sendertest.Op][]Stuck{
		sendertest.Begin:    {{Stage: "open"}},
		sendertest.SendPart: {{Stage: "send", Part: 1}, {Stage: "read", Part: 2}},
		sendertest.Complete: {{Stage: "finish"}},
	} {
		t.Run(op.String(), func(t *testing.T) {
			l := newLab(t)
			l.options.Parallel = 1
			l.file("large", 3*partSize)
			until := make(chan struct{})
			l.faults.When(op, func(n int) sendertest.Fault {
				if n == 1 {
					<-until
				}
				return sendertest.Fault{}
			})
			for i := range want {
				want[i].Row, want[i].Key = 1, "large"
			}
			l.wantStuck(func() { close(until) }, want...)
		})
	}
}

// A disk that holds up a write of the journal holds up the run: somebody has to say so.
func TestRowWhoseOutcomeIsNotTakenIsNamed(t *testing.T) {
	l := newLab(t)
	l.file("small", 10)
	l.mu.Lock() // which its observer wants
	l.wantStuck(l.mu.Unlock, Stuck{Row: 1, Key: "small", Stage: "journal", Since: 20 * time.Millisecond})
}

// held is an error that keeps whoever asks what it is.
type held struct{ until chan struct{} }

func (held) Error() string { return "held" }

func (h held) Is(error) bool {
	<-h.until
	return false
}

func TestPartWhoseRecordIsNotTakenIsNamed(t *testing.T) {
	r := &Runner{halt: newHalt()}
	l := &ledger{r}
	f := &file{attempt: attempt{left: 1}}
	f.row.Number, f.row.Key = 7, "large"
	var wg conc.WaitGroup
	parts := make(chan *part)
	gathered := l.gather(&wg, parts)
	h := held{make(chan struct{})}
	parts <- &part{file: f, number: 3, err: h}
	want := []Stuck{{Row: 7, Key: "large", Part: 3, Stage: "journal"}}
	for end := time.Now().Add(10 * time.Second); !contains(r.Stuck(0), want) && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if stuck := r.Stuck(0); !contains(stuck, want) {
		t.Errorf("want %+v: %+v", want, stuck)
	}
	close(h.until)
	close(parts)
	<-gathered
	wg.Wait()
}

func TestNothingIsStuckAfterARun(t *testing.T) {
	l := newLab(t)
	l.mixed()
	var r *Runner
	if _, err := l.run(func(running *Runner) { r = running }); err != nil {
		t.Fatal(err)
	}
	if stuck := r.Stuck(-1); len(stuck) != 0 {
		t.Errorf("%+v", stuck)
	}
}

func TestToBeWatchedCostsNoMemory(t *testing.T) {
	d := &desk{stage: "send"}
	p := &part{file: &file{}}
	if n := testing.AllocsPerRun(100, func() { d.take(p); d.leave() }); n != 0 {
		t.Errorf("%v allocations a job", n)
	}
}

// Somebody looks all the time, at a run that has work.
func TestLookingDisturbsNobody(t *testing.T) {
	l := newLab(t)
	l.mixed()
	var over atomic.Bool
	var looking sync.WaitGroup
	_, err := l.run(func(r *Runner) {
		looking.Go(func() {
			for !over.Load() {
				r.Stuck(0)
				r.Active()
			}
		})
	})
	over.Store(true)
	looking.Wait()
	if err != nil {
		t.Error(err)
	}
}

// BenchmarkDesk is what a job pays at each stage for being watched.
func BenchmarkDesk(b *testing.B) {
	d := &desk{stage: "send"}
	p := &part{file: &file{}}
	b.ReportAllocs()
	for b.Loop() {
		d.take(p)
		d.leave()
	}
}
