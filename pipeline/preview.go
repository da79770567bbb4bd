package pipeline

import (
	"context"
	"sync"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/reader"
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

// Look looks at every source that a run would open and decides what the run would do with it. It calls failing for
// each row that would fail, from one goroutine at a time; failing may be nil.
func Look(ctx context.Context, job Job, failing func(row *manifests.Row, err error)) (Preview, error) {
	v, err := View(ctx, job, failing)
	if err != nil {
		return Preview{}, err
	}
	for row, rowErr := range v.rows(ctx) {
		if rowErr != nil {
			err = rowErr
			break
		}
		v.Add(row)
	}
	return v.End(job.Total), err
}

// Viewing is a look under way: at rows as they come by, while they are being checked. Add and End are called from one
// goroutine.
type Viewing struct {
	*Runner
	ctx     context.Context // of the whole look
	workers *pool.Pool
	batch   []manifests.Row
	batches sync.Pool
	added   int64
	failing func(*manifests.Row, error)

	mu      sync.Mutex
	preview Preview
}

// View begins a look. The job needs no manifest. It must be ended, also after an error elsewhere.
func View(ctx context.Context, job Job, failing func(row *manifests.Row, err error)) (*Viewing, error) {
	r, err := New(job)
	if err != nil {
		return nil, err
	}
	v := &Viewing{Runner: r, ctx: ctx, failing: failing, workers: pool.New().WithMaxGoroutines(r.opts.Parallel)}
	v.batches.New = func() any { return new(make([]manifests.Row, 0, batchRows)) }
	return v, nil
}

// batchRows is how many rows are looked at in one go: so many that handing them over costs nothing, so few that a
// thousand sources on a slow file system keep all workers busy.
const batchRows = 64

// Add has a row looked at that is not done. The row may be overwritten afterwards. Add waits while all workers are busy.
func (v *Viewing) Add(row *manifests.Row) {
	if v.batch == nil {
		v.batch = (*v.batches.Get().(*[]manifests.Row))[:0]
	}
	v.added++
	if row.Metadata != nil || row.Tags != nil || row.CallbackVars != nil {
		row = row.Clone()
	}
	v.batch = append(v.batch, *row)
	if len(v.batch) == batchRows {
		v.hand()
	}
}

// hand gives the batch to a worker.
func (v *Viewing) hand() {
	rows := v.batch
	v.batch = nil
	v.workers.Go(func() {
		v.look(rows)
		v.batches.Put(&rows)
	})
}

// End waits until all rows were looked at, and returns what was found of a manifest of so many rows. Those that were not
// added are done.
func (v *Viewing) End(rows int64) Preview {
	v.hand()
	v.workers.Wait()
	v.preview.Rows, v.preview.Skip = rows, rows-v.added
	if v.opts.asks() {
		v.preview.Requests += v.preview.Put + v.preview.Multi
	}
	return v.preview
}

func (v *Viewing) look(rows []manifests.Row) {
	var found Preview
	for i := range rows {
		row := &rows[i]
		known := v.known(row.Number)
		size, plan, err := v.foresee(v.ctx, row, known)
		if err != nil {
			v.fails(row, err)
			continue
		}
		found.add(plan, size, known)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.preview.merge(found)
}

// foresee finds what would be done with a row, or why it would fail.
func (v *Viewing) foresee(ctx context.Context, row *manifests.Row, known *journal.Upload) (size int64, p Plan, err error) {
	if err := v.barred(row); err != nil {
		return 0, p, err
	}
	if _, err := statedBy(row); err != nil {
		return 0, p, err
	}
	var now reader.Identity
	err = v.patiently(ctx, func() (err error) {
		now, err = v.job.Reader.Look(row.Path)
		return err
	})
	if err != nil {
		return 0, p, &Fault{Op: "open source", Path: row.Path, Err: err}
	}
	if err := ofSize(row, now.Size); err != nil {
		return 0, p, err
	}
	p, err = Decide(now, known, v.partSize(now.Size), v.job.Store.Limits())
	return now.Size, p, err
}

func (v *Viewing) fails(row *manifests.Row, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.preview.Failing++
	if v.failing != nil {
		v.failing(row, err)
	}
}
