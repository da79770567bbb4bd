package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/ingest-dev/ingest/pipeline"
)

// every is how often a line of plain progress is written: often enough to see life, seldom enough for a log of days.
const every = 5 * time.Second

// plain writes a line now and then.
type plain struct {
	io.Writer
	gauge *gauge
	done  chan struct{}
	wg    sync.WaitGroup
}

func newPlain(w io.Writer, j *job) *plain {
	return &plain{Writer: w, gauge: newGauge(j), done: make(chan struct{})}
}

func (p *plain) start(r *pipeline.Runner) {
	p.wg.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case now := <-tick.C:
				fmt.Fprintln(p.Writer, p.gauge.read(r.Progress(), now).line())
			case <-p.done:
				return
			}
		}
	})
}

func (p *plain) stop() {
	close(p.done)
	p.wg.Wait()
}

// line is the reading in about 70 columns.
func (r reading) line() string {
	text := fmt.Sprintf("%3.0f%%  %s/%s rows  %s  %s/s", 100*r.fraction,
		humanCount(r.Settled()), humanCount(r.Rows), humanBytes(r.Bytes+r.InFlight), humanBytes(int64(r.rate)))
	if r.left > 0 {
		text += "  " + r.left.Round(time.Second).String() + " left"
	}
	if r.Failed > 0 {
		text += fmt.Sprintf("  %s failed", humanCount(r.Failed))
	}
	return text
}
