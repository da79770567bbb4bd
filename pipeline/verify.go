package pipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/sender"
	"github.com/sourcegraph/conc"
)

// ErrDiffers is returned when the object that the store holds is not the source.
var ErrDiffers = errors.New("the object is not the source")

// Verified counts what a verification found.
type Verified struct {
	Rows       int64
	Same       int64
	Different  int64 // missing objects and unreadable sources included
	Unverified int64 // of the same size, but the store offers no checksum to compare
	Bytes      int64 // of the sources that were hashed
}

// Verify compares every row's source with the object that the store holds, by size and by the checksum that the
// store offers, without downloading. It reads every source once. It calls found for each row, in no order, from one
// goroutine; found must not block. It returns early only if ctx ends, the manifest cannot be read or the store
// refuses.
func Verify(ctx context.Context, job Job, found func(row *manifests.Row, status journal.Status, err error)) (Verified, error) {
	r, err := New(job)
	if err != nil {
		return Verified{}, err
	}
	var wg conc.WaitGroup
	files := stage(&wg, r.crew("verify"), r.everyRow(ctx, &wg), guardFile(r.verify(ctx)))
	v := Verified{Rows: job.Total}
	for f := range files {
		v.add(f)
		if sender.KindOf(f.err) == sender.StopRun {
			r.halt.stop(f.err)
		}
		found(&f.row, f.status, f.err)
	}
	wg.Wait()
	return v, r.result(ctx)
}

// everyRow sends out a file for each row, done or not, until the run halts.
func (r *Runner) everyRow(ctx context.Context, wg *conc.WaitGroup) <-chan *file {
	out := make(chan *file)
	wg.Go(func() {
		defer close(out)
		for row, err := range r.job.Manifest.Rows(ctx) {
			if err != nil {
				r.unreadable(err)
				return
			}
			if r.halt.stopped() || ctx.Err() != nil {
				return
			}
			out <- r.newFile(row)
		}
	})
	return out
}

// verify is the step that compares one file.
func (r *Runner) verify(ctx context.Context) func(*file) {
	return func(f *file) {
		defer f.close()
		if f.err == nil {
			f.fail(stoppedIf(ctx, r.compare(ctx, f)))
		}
		if f.err != nil {
			f.status = journal.Failed
		}
	}
}

func (r *Runner) compare(ctx context.Context, f *file) error {
	if err := r.openSource(ctx, f); err != nil {
		return err
	}
	if err := r.atRest(ctx, f); err != nil {
		return err
	}
	info, err := r.job.Store.Head(ctx, f.object.Key)
	if err != nil {
		return err
	}
	if info.Size != f.object.Size {
		return fmt.Errorf("%q: %w: %d bytes, the source has %d", f.object.Key, ErrDiffers, info.Size, f.object.Size)
	}
	if f.status = journal.Done; info.Checksum.IsZero() {
		f.status = journal.Unverified
		return nil
	}
	return r.compareBytes(ctx, f, info.Checksum)
}

func (r *Runner) compareBytes(ctx context.Context, f *file, stored hasher.Checksum) error {
	sums, err := r.digestAll(ctx, f, hasher.SetOf(stored.Algorithm, f.stated.Algorithm))
	f.whole = sums.Get(stored.Algorithm)
	if err != nil {
		return err
	}
	if err := compareStated(f, sums.Get(f.stated.Algorithm)); err != nil {
		return err
	}
	if f.whole != stored {
		return fmt.Errorf("%q: %w: %s, the source has %s", f.object.Key, ErrDiffers, stored, f.whole)
	}
	return nil
}

func (v *Verified) add(f *file) {
	switch f.status {
	case journal.Done:
		v.Same++
	case journal.Unverified:
		v.Unverified++
	default:
		v.Different++
	}
	if !f.whole.IsZero() {
		v.Bytes += f.object.Size
	}
}
