package pipeline

import (
	"context"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// clockSkew is how far the store's clock and ours may be apart: signatures of requests that are off by more are
// refused (15 minutes, OSS and S3 alike).
const clockSkew = 15 * time.Minute

// sweepOnce sweeps if an earlier run of the job may have left something. A job that is new has none, so that only
// rows of several parts, and only when a job is carried on, cost a listing.
func (r *Runner) sweepOnce(ctx context.Context, f *file) error {
	if r.job.Known.New || f.tries > 1 {
		return nil
	}
	return r.sweep(ctx, f)
}

// repeats is how many requests of the run were tried again so far. If there are more after an upload was opened than
// before, its own may be among them, and the first try's upload be open too.
func (r *Runner) repeats() int64 {
	if r.job.Counted == nil {
		return 0
	}
	return r.job.Counted.Retries.Load()
}

// sweep aborts the uploads of a row that the job began and could not note: it died between the store's answer and the
// journal, or the answer never came. They are known by their key, and by having been begun since the job was. They
// hold no parts, as a part is sent only when the journal knows its upload; in a job that adopts the uploads of other
// programs, those that do hold some are left alone.
//
// The row's own upload is left. No other row of the job has the key, as the manifest was checked. What is assumed is
// that no other job stores the same key at the same time. One that does, and began its upload since this job began,
// may lose it: it finds that out by its next part, and sends the row again. Neither ends with a mix of both, for
// parts belong to an upload, but it is work lost.
//
// A store that lists no uploads, or will not let us list or abort them, is left alone: they hold no data.
func (r *Runner) sweep(ctx context.Context, f *file) error {
	lister, ok := sender.Lister(r.job.Store)
	if !ok {
		return nil
	}
	since := r.job.Known.Created.Add(-clockSkew)
	for u, err := range lister.Uploads(ctx, f.object.Key) {
		if err == nil && u.Key > f.object.Key {
			break
		}
		if err == nil && f.orphan(u.Upload) && !u.Begun.Before(since) {
			err = r.sweepOne(ctx, f, u.Upload)
		}
		if err != nil && (ctx.Err() != nil || sender.KindOf(err) != sender.GiveUp) {
			return err
		}
	}
	return nil
}

func (r *Runner) sweepOne(ctx context.Context, f *file, u sender.Upload) error {
	ours, err := r.ours(ctx, u)
	if err != nil || !ours {
		return err
	}
	err = r.job.Store.Abort(ctx, u)
	f.swept = f.swept || err == nil
	return err
}

// orphan reports whether an open upload is of the file's key and not its own.
func (f *file) orphan(u sender.Upload) bool { return u.Key == f.object.Key && u.ID != f.upload.ID }
