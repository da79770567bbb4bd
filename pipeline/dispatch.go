package pipeline

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/ingest-dev/ingest/manifests"
	"github.com/sourcegraph/conc"
)

// dispatcher turns rows into files, counts those that are under way, and has them settled when they come back. It
// alone knows when the work is over: when there are no more rows and every file that it sent out was settled. A file
// that is to be sent again goes out before any new row.
type dispatcher struct {
	*Runner
	settle   func(*file)
	desk     *desk // where it does that
	next     func() (*manifests.Row, error, bool)
	again    []*file
	underway int
	over     bool // no more rows
}

// mostFiles is how many files may be under way while so many parts are in flight. It bounds memory, and descriptors
// to three for each part in flight: every part has a connection; every file its source, or a connection while it is
// completed; and while its upload is opened, which half as many files as parts may be at a time, both.
//
// One and a half files for each part keep all senders busy with files of two parts, the worst: half as many files as
// parts are being opened, as many being sent and as many being completed.
func mostFiles(parallel int) int { return parallel + half(parallel) }

func half(n int) int { return (n + 1) / 2 }

// dispatch sends out the rows that are not done, and settles the files that come back, in one goroutine. It closes its
// output when the last file is settled.
func (r *Runner) dispatch(ctx context.Context, wg *conc.WaitGroup, back <-chan *file, settle func(*file)) <-chan *file {
	out := make(chan *file)
	wg.Go(func() {
		defer close(out)
		next, stop := iter.Pull2(r.rows(ctx))
		defer stop()
		d := &dispatcher{Runner: r, settle: settle, desk: r.desks("journal", 1)[0], next: next}
		d.run(out, back)
	})
	return out
}

// run never waits for a receiver alone: a file that comes back is always taken, or the ring of stages would stand.
func (d *dispatcher) run(out chan<- *file, back <-chan *file) {
	var ready *file
	for {
		if ready == nil && d.underway < mostFiles(d.flow.parallel()) {
			ready = d.file()
		}
		if ready == nil && d.underway == 0 {
			return
		}
		to := out
		if ready == nil {
			to = nil
		}
		select {
		case to <- ready:
			d.underway++
			ready = nil
		case f := <-back:
			d.take(f)
		case <-d.halt.done:
			d.drain(back)
			return
		}
	}
}

// drain settles the files under way, and sends none out again.
func (d *dispatcher) drain(back <-chan *file) {
	for d.underway > 0 {
		d.take(<-back)
	}
}

// take settles a file that came back, and keeps it if it is to be sent again.
func (d *dispatcher) take(f *file) {
	d.underway--
	d.desk.take(f)
	d.settle(f)
	d.desk.leave()
	if !f.settled {
		d.again = append(d.again, f)
	}
}

// file returns the next file to send out, or nil if there is none for now.
func (d *dispatcher) file() *file {
	if n := len(d.again); n > 0 {
		f := d.again[n-1]
		d.again = d.again[:n-1]
		return f
	}
	if d.over {
		return nil
	}
	row, err, ok := d.next()
	if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		d.unreadable(err) // of the end of its context, who ended that says more
	}
	if d.over = !ok || err != nil; d.over {
		return nil
	}
	return d.newFile(row)
}

// unreadable stops the run for a manifest that cannot be read to its end. It was checked before, so it has changed, or
// its disk fails; the run can be carried on.
func (r *Runner) unreadable(err error) { r.Stop(fmt.Errorf("read manifest: %w", err)) }
