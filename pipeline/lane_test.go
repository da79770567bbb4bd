package pipeline

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// both makes a job of small files, and as many large ones among them, and returns how many parts they are.
func (l *lab) both(small, large int) (parts int64) {
	l.Helper()
	for i := range small {
		l.file(fmt.Sprint("small", i), int64(i%3)*partSize/2)
		parts++
		if i%(small/large) == 0 {
			l.file(fmt.Sprint("large", i), 12*partSize+1)
			parts += 13
		}
	}
	return parts
}

// Few buffers, and many who want them on both ways.
func TestBothKindsOfFileArriveTogether(t *testing.T) {
	for parallel, mode := range map[int]reader.Mode{1: reader.Mmap, 2: reader.Pread, 8: reader.Mmap} {
		t.Run(fmt.Sprint(parallel, " in parallel by ", mode), func(t *testing.T) {
			l := newLab(t)
			l.mode, l.options.Parallel = mode, parallel
			parts := l.both(1000, 10)
			if p := l.finish(); p.Rows != 1010 || p.SentParts != parts {
				t.Errorf("want %d parts: %+v", parts, p)
			}
		})
	}
}

// Rows are told as settled in the order in which the journal has them, whichever way they took.
func TestBothKindsOfFileSettleInJournalOrder(t *testing.T) {
	l := newLab(t)
	l.both(200, 10)
	l.file("bad", 10, `"size":11`)
	if _, err := l.run(); err != nil {
		t.Fatal(err)
	}
	var told, noted []int64
	for _, e := range l.events {
		told = append(told, e.Row)
	}
	file, err := os.Open(l.path("journal"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for item, err := range journal.Scan(file) {
		if err != nil {
			t.Fatal(err)
		}
		if o, ok := item.Record.(journal.Outcome); ok {
			noted = append(noted, o.Row)
		}
	}
	if len(told) != 211 || !slices.Equal(told, noted) {
		t.Errorf("told\n%v\nnoted\n%v", told, noted)
	}
}

// tapped is a store whose payloads and questions pass a tap, which returns what to do after them.
type tapped struct {
	*sendertest.Memory
	tap func(op sendertest.Op, key string) func()
}

func (s *tapped) Put(ctx context.Context, o *sender.Object, p sender.Payload) (sender.Receipt, error) {
	defer s.tap(sendertest.Put, o.Key)()
	return s.Memory.Put(ctx, o, p)
}

func (s *tapped) SendPart(ctx context.Context, u sender.Upload, p sender.Part) (sender.Receipt, error) {
	defer s.tap(sendertest.SendPart, u.Key)()
	return s.Memory.SendPart(ctx, u, p)
}

func (s *tapped) Head(ctx context.Context, key string) (sender.Info, error) {
	defer s.tap(sendertest.Head, key)()
	return s.Memory.Head(ctx, key)
}

// tap has the lab's store pass a tap.
func (l *lab) tap(tap func(op sendertest.Op, key string) func()) {
	l.faults = sendertest.NewFaults(&tapped{l.memory, tap})
}

// at is a tap that does something to one key at one method.
func at(op sendertest.Op, key string, do func()) func(sendertest.Op, string) func() {
	return func(now sendertest.Op, of string) func() {
		if now == op && of == key {
			do()
		}
		return func() {}
	}
}

func TestBothKindsOfFileShareTheBuffers(t *testing.T) {
	l := newLab(t)
	l.options.Parallel = 4
	l.both(200, 10)
	var inFlight level
	l.tap(func(sendertest.Op, string) func() {
		inFlight.up()
		time.Sleep(time.Millisecond) // so that they meet
		return inFlight.down
	})
	l.finish()
	if most := inFlight.most.Load(); most != 4 {
		t.Errorf("%d parts were in flight at once, want 4", most)
	}
}

// The parts of a large file among many small ones are not put off until those are done, nor are those until it is.
func TestNeitherKindOfFileStarvesTheOther(t *testing.T) {
	l := newLab(t)
	l.options.Parallel = 2
	l.file("large", 50*partSize)
	for i := range 500 {
		l.file(fmt.Sprint("small", i), 10)
	}
	var small, first, last atomic.Int64 // files sent, now, at the first part of the large one, and at its last
	first.Store(-1)
	l.tap(func(op sendertest.Op, _ string) func() {
		if op == sendertest.Put {
			small.Add(1)
		} else {
			first.CompareAndSwap(-1, small.Load())
			last.Store(small.Load())
		}
		time.Sleep(time.Millisecond) // so that all of them have to wait
		return func() {}
	})
	l.finish()
	along := last.Load() - first.Load()
	t.Logf("%d small files were sent before 50 parts, %d along with them", first.Load(), along)
	if first.Load() > 400 {
		t.Skip("the disk was so slow to sync the upload's id that hardly any small file was left")
	}
	if along < 20 || along > 200 {
		t.Errorf("%d small files were sent along with 50 parts", along)
	}
}

// panicking is a source that panics at one of its steps.
type panicking struct {
	source
	at string
}

func (p *panicking) AtRest(ctx context.Context) error {
	p.now("open")
	return p.source.AtRest(ctx)
}

func (p *panicking) Copy(ctx context.Context, off int64, n int) (*reader.Chunk, error) {
	p.now("read")
	return p.source.Copy(ctx, off, n)
}

func (p *panicking) Unchanged() error {
	p.now("look")
	return p.source.Unchanged()
}

func (p *panicking) now(at string) {
	if p.at == at {
		panic("on purpose")
	}
}

// With one buffer, which the bad row must not keep, and one desk, which must go on.
func TestPanicAtAnyStepOfASmallFileFailsItAlone(t *testing.T) {
	for _, step := range []string{"open", "read", "look", "send", "finish"} {
		t.Run(step, func(t *testing.T) {
			l := newLab(t)
			l.options.Parallel = 1
			l.file("bad", 10)
			l.mixed()
			l.between = func(open opener) opener {
				return func(path string) (source, error) {
					s, err := open(path)
					if err == nil && path == l.path("bad") {
						s = &panicking{s, step}
					}
					return s, err
				}
			}
			if op, atStore := map[string]sendertest.Op{"send": sendertest.Put, "finish": sendertest.Head}[step]; atStore {
				l.tap(at(op, "bad", func() { panic("on purpose") }))
			}
			l.faults.Always(sendertest.Put, sendertest.Fault{Silence: true}) // so that the store is asked
			before := descriptors(t)
			p, err := l.run()
			if err != nil || p.Done != 8 || p.Failed != 1 {
				t.Fatalf("%+v, %v", p, err)
			}
			if line := l.report()[0]; line.Error == nil || line.Error.Code != "InternalFault" {
				t.Errorf("%+v", line)
			}
			if after := descriptors(t); after > before {
				t.Errorf("%d descriptors are open, %d were before", after, before)
			}
		})
	}
}

// What is in flight when the run is stopped is done, and what is not is left to the next run; nothing is sent twice.
func TestStopLetsSmallFilesInFlightFinish(t *testing.T) {
	l := newLab(t)
	parts := l.both(300, 5)
	var r *Runner
	l.faults.When(sendertest.Put, func(n int) sendertest.Fault {
		if n == 50 {
			r.Stop(errBroken)
		}
		return sendertest.Fault{}
	})
	p, err := l.run(func(running *Runner) { r = running })
	if !errors.Is(err, errBroken) || p.Failed != 0 || l.faults.Calls(sendertest.Put) > 50+2*l.options.Parallel {
		t.Fatalf("%d were sent: %+v, %v", l.faults.Calls(sendertest.Put), p, err)
	}
	if again := l.finish(); p.SentParts+again.SentParts != parts {
		t.Errorf("sent %d parts, then %d, of %d", p.SentParts, again.SentParts, parts)
	}
}

// Rows that are cut off at their only request have no outcome.
func TestCancelCutsSmallFilesOff(t *testing.T) {
	l := newLab(t)
	l.both(300, 5)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l.faults.When(sendertest.Put, func(n int) sendertest.Fault {
		if n == 50 {
			cancel()
		}
		return sendertest.Fault{Delay: time.Millisecond}
	})
	p, err := l.runUnder(ctx)
	if !errors.Is(err, ErrStopped) || p.Failed != 0 || l.faults.Calls(sendertest.Put) > 50+l.options.Parallel {
		t.Fatalf("%d were sent: %+v, %v", l.faults.Calls(sendertest.Put), p, err)
	}
	l.finish()
}

// The desk of a small file tells its stage all the way.
func TestHungSmallFileIsReportedWithItsStage(t *testing.T) {
	for stage, part := range map[string]int{"open": 0, "read": 1, "send": 1, "finish": 0} {
		t.Run(stage, func(t *testing.T) {
			l := newLab(t)
			l.options.Parallel = 2
			l.file("hung", 10)
			l.mixed()
			until := make(chan struct{})
			l.hangAt(stage, until)
			l.wantStuck(func() { close(until) },
				Stuck{Row: 1, Key: "hung", Part: part, Stage: stage, Since: 20 * time.Millisecond})
		})
	}
}

// hangAt has the small file "hung" wait at a stage.
func (l *lab) hangAt(stage string, until <-chan struct{}) {
	wait := func() { <-until }
	switch stage {
	case "open":
		l.between = func(open opener) opener {
			return func(path string) (source, error) {
				if path == l.path("hung") {
					wait()
				}
				return open(path)
			}
		}
	case "read":
		l.hangOn("hung", until)
	case "send":
		l.tap(at(sendertest.Put, "hung", wait))
	case "finish":
		l.tap(at(sendertest.Head, "hung", wait))
		l.faults.Always(sendertest.Put, sendertest.Fault{Silence: true}) // so that the store is asked
	}
}

// mute is a store that lists no open uploads, by an error.
type mute struct{ *sendertest.Memory }

func (mute) Uploads(context.Context, string) iter.Seq2[sender.OpenUpload, error] {
	return func(yield func(sender.OpenUpload, error) bool) {
		yield(sender.OpenUpload{}, &sender.Error{Kind: sender.TryAgain, Err: errBroken})
	}
}

// The upload was found, and parts of it; then something else went wrong.
func TestFileThatFailsWhileItIsOpenedResumesNoPart(t *testing.T) {
	l := newLab(t)
	sent := l.interrupted(10)
	l.faults = sendertest.NewFaults(&mute{l.memory})
	if p, err := l.run(); err != nil || p.Failed != 1 || p.ResumedParts != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	l.faults = sendertest.NewFaults(l.memory)
	if p := l.finish(); p.ResumedParts != sent {
		t.Errorf("%d parts had been sent: %+v", sent, p)
	}
}
