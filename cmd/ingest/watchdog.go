package main

import (
	"cmp"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/ingest-dev/ingest/pipeline"
)

const (
	// patienceWithParts is how long a part may stay in one stage before it is spoken of: longer than a part of
	// 16 MiB takes at 300 KiB/s, and as long as the connections themselves wait for a byte to move.
	patienceWithParts = time.Minute

	// lookEvery is how often it is looked for such parts.
	lookEvery = 5 * time.Second

	// mostStuck is how many of them are named at once: where a store stands still they all do.
	mostStuck = 5
)

// watchdog speaks of parts that are slow or stuck: once when one has been in a stage for as long as its patience,
// and again each time that has doubled.
type watchdog struct {
	patience time.Duration
	next     map[place]time.Duration // when to speak of it again
}

// place is where a part is stuck.
type place struct {
	row   int64
	part  int
	stage string
}

// newWatchdog returns one with patience for parts that a limit on the rate holds back.
func newWatchdog(t *transfer) *watchdog {
	w := &watchdog{patience: patienceWithParts}
	if t.limitRate > 0 {
		inFlight := float64(t.size()) * float64(t.most())
		w.patience += time.Duration(inFlight / float64(t.limitRate) * float64(time.Second))
	}
	return w
}

// look returns what there is to speak of now, in the order given. What got on is forgotten.
func (w *watchdog) look(now []pipeline.Stuck) []pipeline.Stuck {
	next := make(map[place]time.Duration, len(now))
	var news []pipeline.Stuck
	for _, s := range now {
		at := place{s.Row, s.Part, s.Stage}
		due := cmp.Or(w.next[at], w.patience)
		if s.Since >= due {
			news = append(news, s)
			for due <= s.Since {
				due *= 2
			}
		}
		next[at] = due
	}
	w.next = next
	return news
}

// watch looks at r until the function returned is called.
func (m *move) watch(r *running, log *logger) (stop func()) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		w := newWatchdog(&m.transfer)
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				log.stuck(w.look(r.Stuck(w.patience)))
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		wg.Wait()
	}
}

// stuck warns of parts, of a few by name.
func (l *logger) stuck(parts []pipeline.Stuck) {
	for _, s := range parts[:min(len(parts), mostStuck)] {
		e := l.Warn().Int64("row", s.Row).Str("key", s.Key).Str("stage", s.Stage).Stringer("for", s.Since.Round(time.Second))
		if s.Part > 0 {
			e = e.Int("part", s.Part)
		}
		e.Msg("slow or stuck")
	}
	if more := len(parts) - mostStuck; more > 0 {
		l.Warn().Int("more", more).Msg("others are slow or stuck too")
	}
}

// describe writes what the run is at, for whoever asks by SIGQUIT.
func (r *running) describe(w io.Writer) {
	p := r.Progress()
	fmt.Fprintf(w, "%d of %d rows done, %d failed\n", p.Done, p.Rows, p.Failed)
	for _, s := range r.Stuck(0) {
		fmt.Fprintf(w, "row %d %q part %d: in %s for %v\n", s.Row, s.Key, s.Part, s.Stage, s.Since.Round(time.Millisecond))
	}
}
