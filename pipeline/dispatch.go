package pipeline

import (
	"context"
	"fmt"
	"iter"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/sender"
	"github.com/sourcegraph/conc"
)

// dispatcher turns rows into files and counts those that are under way. It alone knows when the work is over:
// when there are no more rows and every file that it sent out came back settled. A file that comes back to be
// sent again goes out before any new row.
type dispatcher struct {
	*Runner
	next     func() (*manifests.Row, error, bool)
	again    []*file
	underway int
	over     bool // no more rows
}

// dispatch sends out the rows that are not done, and takes the settled files back. It closes its output when the
// last file is settled.
func (r *Runner) dispatch(ctx context.Context, wg *conc.WaitGroup, back <-chan *file) <-chan *file {
	out := make(chan *file)
	wg.Go(func() {
		defer close(out)
		next, stop := iter.Pull2(r.job.Manifest.Rows(ctx))
		defer stop()
		d := &dispatcher{Runner: r, next: next}
		d.run(out, back)
	})
	return out
}

// run never waits for a receiver alone: a file that comes back is always taken, or the ring of stages would stand.
func (d *dispatcher) run(out chan<- *file, back <-chan *file) {
	var ready *file
	for {
		if ready == nil {
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
			d.underway--
			d.take(f)
		case <-d.halt.done:
			d.drain(back)
			return
		}
	}
}

// drain waits for the files under way, and sends none out again.
func (d *dispatcher) drain(back <-chan *file) {
	for ; d.underway > 0; d.underway-- {
		<-back
	}
}

// take keeps a file that is to be sent again.
func (d *dispatcher) take(f *file) {
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
	for !d.over {
		row, err, ok := d.next()
		if !ok || err != nil {
			d.end(err)
			break
		}
		if !d.done(row.Number) {
			return d.begin(row)
		}
	}
	return nil
}

// end notes that no more rows come. The manifest was checked before, so an error here is a manifest that changed
// or cannot be read any more: the run stops and can be carried on.
func (d *dispatcher) end(err error) {
	d.over = true
	if err != nil {
		d.Stop(fmt.Errorf("read manifest: %w", err))
	}
}

func (d *dispatcher) done(row int64) bool {
	return d.job.Known.Done.Contains(uint32(row)) || d.job.Known.Unverified.Contains(uint32(row))
}

// begin makes a file of a row. Failed outcomes of an earlier run are forgotten: the row gets its chance.
func (d *dispatcher) begin(row *manifests.Row) *file {
	f := &file{row: *row.Clone(), known: d.job.Known.Upload(row.Number)}
	f.object = *ObjectOf(&f.row)
	if row.Checksum != "" {
		stated, err := hasher.Parse(row.Checksum)
		f.stated = stated
		if err != nil {
			f.fail(&Fault{Op: "read checksum", Path: row.Source, Err: err})
		}
	}
	return f
}

// ObjectOf is what a row asks to be stored, without its size, which is known once its source is open.
func ObjectOf(row *manifests.Row) *sender.Object {
	return &sender.Object{
		Key: row.Key, ContentType: row.ContentType, Metadata: row.Metadata, Tags: row.Tags,
		StorageClass: row.StorageClass, ACL: row.ACL,
	}
}
