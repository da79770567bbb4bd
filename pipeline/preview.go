package pipeline

import (
	"context"
	"sync"

	"github.com/ingest-dev/ingest/manifests"
	"github.com/sourcegraph/conc/pool"
)

// Preview is what a run would do, found without asking the store. Where the run finds part sizes by itself, they are
// those of its beginning.
type Preview struct {
	Rows     int64 // of the manifest
	Skip     int64 // done by an earlier run
	Put      int64 // rows sent in one request
	Multi    int64 // rows sent in parts
	CarryOn  int64 // of Multi: rows of which an earlier run left an upload open
	Bytes    int64 // to send, at most
	Parts    int64 // parts to send, at most, whole rows included
	Requests int64 // at least
	Failing  int64 // rows that would fail as things are
}

// Look opens every source that a run would open and decides what the run would do with it. It calls failing for
// each row that would fail, from one goroutine at a time; failing may be nil.
func Look(ctx context.Context, job Job, failing func(row *manifests.Row, err error)) (Preview, error) {
	r, err := New(job)
	if err != nil {
		return Preview{}, err
	}
	v := &viewer{Runner: r, failing: failing, preview: Preview{Rows: job.Total}}
	workers := pool.New().WithMaxGoroutines(r.opts.Parallel)
	for row, rowErr := range job.Manifest.Rows(ctx) {
		if rowErr != nil {
			err = rowErr
			break
		}
		if r.done(row.Number) {
			v.preview.Skip++
			continue
		}
		f := r.newFile(row)
		workers.Go(func() { v.look(ctx, f) })
	}
	workers.Wait()
	return v.preview, err
}

type viewer struct {
	*Runner
	mu      sync.Mutex
	preview Preview
	failing func(*manifests.Row, error)
}

func (v *viewer) look(ctx context.Context, f *file) {
	defer f.close()
	if f.err == nil {
		f.fail(v.openSource(ctx, f))
	}
	if f.err == nil {
		f.fail(v.decide(f))
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.add(f)
}

func (v *viewer) add(f *file) {
	p := &v.preview
	if f.err != nil {
		p.Failing++
		if v.failing != nil {
			v.failing(&f.row, f.err)
		}
		return
	}
	if v.opts.asks() {
		p.Requests++
	}
	parts, bytes := v.missing(f)
	p.Parts += parts
	p.Bytes += bytes
	p.Requests += parts
	if f.one() {
		p.Put++
		return
	}
	p.Multi++
	p.Requests += 2 // the upload's begin, or its listing, and its end
	if f.plan.Action != Begin {
		p.CarryOn++
	}
}

// missing is what is to be sent of a file if the store agrees with the journal.
func (v *viewer) missing(f *file) (parts, bytes int64) {
	parts, bytes = int64(f.plan.Parts), f.object.Size
	if f.plan.Action != CarryOn {
		return parts, bytes
	}
	for _, p := range f.known.Parts {
		parts--
		bytes -= p.Size
	}
	return parts, bytes
}
