package pipeline

import (
	"context"
	"errors"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/sender"
)

// done reports whether an earlier run has stored the row, so that it needs nothing more. One that failed then gets its
// chance.
func (r *Runner) done(row int64) bool { return r.job.Known.Stored(row) && !r.unproven(row) }

// unproven reports whether an earlier run has stored the row, nothing has proven it, and that is not accepted: then the
// store is asked again. A row that may not replace what is there is left as it is.
func (r *Runner) unproven(row int64) bool {
	return r.reproves() && r.job.Known.Unverified.Contains(uint32(row))
}

func (r *Runner) reproves() bool { return !r.opts.Accept.Unverified && !r.opts.conditional() }

// reprove asks for the object of a row that is not proven. If the store states its checksum now, the row is done where
// that is the source's, and else sent again, as it is where the object is gone. If the store still states none, all
// stays as it is.
func (r *Runner) reprove(ctx context.Context, f *file) error {
	info, err := r.job.Store.Head(f.spending(ctx), f.object.Key)
	switch {
	case errors.Is(err, sender.ErrNotFound):
		return nil
	case err != nil:
		return err
	case info.Checksum.IsZero() && info.Size == f.object.Size:
		f.there, f.status = true, journal.Unverified
		return nil
	}
	return r.compareObject(ctx, f, info)
}

// remains reports whether the file is what the journal says of it already: stored, and still not proven.
func (f *file) remains() bool { return f.there && f.status == journal.Unverified }
