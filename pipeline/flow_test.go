package pipeline

import (
	"fmt"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// slow has every request of the store take so long.
func (l *lab) slow(d time.Duration) *level {
	inFlight := new(level)
	l.tap(func(sendertest.Op, string) func() {
		inFlight.up()
		time.Sleep(d)
		return inFlight.down
	})
	return inFlight
}

// A store that is far away is asked more at once, for small files and for the parts of large ones alike.
func TestFarStoreIsAskedMoreAtOnce(t *testing.T) {
	for name, make := range map[string]func(*lab){
		"small files": func(l *lab) {
			for i := range 1500 {
				l.file(fmt.Sprint("f", i), 10)
			}
		},
		"one large file": func(l *lab) { l.file("large", 1500*partSize) },
		"both":           func(l *lab) { l.both(800, 50) },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			l.options.Parallel, l.options.MaxParallel = 4, 64
			inFlight := l.slow(30 * time.Millisecond)
			make(l)
			p := l.finish()
			most := int(inFlight.most.Load())
			t.Logf("%d allowed, %d in flight at most", p.Parallel, most)
			if most < 16 || most > p.Parallel || p.Parallel > 64 {
				t.Errorf("%d allowed, %d in flight at most", p.Parallel, most)
			}
		})
	}
}

// What is in flight never takes more than the memory there is, however far away the store is.
func TestParallelThatIsFoundKeepsToTheMemory(t *testing.T) {
	l := newLab(t)
	l.options.Parallel, l.options.MaxParallel, l.options.Memory = 4, 64, 10*partSize
	inFlight := l.slow(20 * time.Millisecond)
	l.file("large", 600*partSize)
	p := l.finish()
	if most := inFlight.most.Load(); most < 6 || most > 10 || p.Parallel > 10 {
		t.Errorf("%d in flight, %d allowed: memory for 10 parts", most, p.Parallel)
	}
}

// A fixed number stays what it is.
func TestFixedParallelDoesNotMove(t *testing.T) {
	l := newLab(t)
	inFlight := l.slow(5 * time.Millisecond)
	l.both(200, 10)
	if p := l.finish(); p.Parallel != 4 || inFlight.most.Load() != 4 {
		t.Errorf("%d allowed, %d in flight, want 4", p.Parallel, inFlight.most.Load())
	}
}

// Desks come as they are needed, and are watched like the first ones.
func TestDesksComeOnlyAsTheyAreNeeded(t *testing.T) {
	l := newLab(t)
	l.options.Parallel, l.options.MaxParallel = 2, 32
	for i := range 400 {
		l.file(fmt.Sprint("f", i), 10)
	}
	l.slow(10 * time.Millisecond)
	p, err := l.run(func(r *Runner) {
		r.opts.Observe = func(Event) {
			r.watch.mu.Lock()
			defer r.watch.mu.Unlock()
			open := 0
			for _, d := range r.watch.desks {
				if d.stage == "open" {
					open++
				}
			}
			if limit := int(r.flow.peak.Load()); open > limit+1 {
				t.Errorf("%d desks for %d parts in flight", open, limit)
			}
		}
	})
	if err != nil || p.Done != 400 || p.Parallel <= 2 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestPartSizeSuitsTheFile(t *testing.T) {
	const mib, gib = 1 << 20, 1 << 30
	s3 := sender.Limits{MinPart: 5 * mib, MaxPart: 5 * gib, MaxParts: 10_000}
	for _, c := range []struct {
		size     int64
		parallel int
		want     int64
		parts    int
	}{
		{0, 16, 16 * mib, 1},
		{16 * mib, 16, 16 * mib, 1},       // one request
		{16*mib + 1, 16, 5 * mib, 4},      // the least that the store takes
		{512 * mib, 16, 8 * mib, 64},      // four times what is in flight
		{1 * gib, 64, 5 * mib, 205},       // a store far away
		{1 * gib, 16, 16 * mib, 64},       // no larger than by default
		{100 * gib, 16, 16 * mib, 6400},   //
		{1024 * gib, 16, 105 * mib, 9987}, // as large as 10,000 parts make it
		{512*mib + 5, 16, 9 * mib, 57},    // whole MiB
		{64 * mib, 2, 8 * mib, 8},         // few in flight
	} {
		r := &Runner{flow: newFlow(Options{Parallel: c.parallel})}
		p, err := fresh(c.size, r.partSize(c.size), s3)
		if err != nil || p.PartSize != c.want || p.Parts != c.parts {
			t.Errorf("%d bytes, %d in flight: %d parts of %d, %v; want %d of %d", c.size, c.parallel, p.Parts, p.PartSize, err, c.parts, c.want)
		}
	}
}

// Whatever part size would be chosen now, an upload goes on with the one that it was begun with.
func TestResumeKeepsThePartSizeThatWasFound(t *testing.T) {
	l := newLab(t)
	sent := l.interrupted(10)
	l.options.PartSize, l.options.MaxParallel = 0, 32
	if p := l.finish(); p.ResumedParts != sent {
		t.Errorf("%d parts had been sent: %+v", sent, p)
	}
}
