package pipeline

import (
	"context"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// clockSkew is how far the store's clock and ours may be apart: signatures of requests that are off by more are
// refused (15 minutes, OSS and S3 alike).
const clockSkew = 15 * time.Minute

// sweep aborts the uploads of a row that an earlier run of the job began and could not note: it died between the
// store's answer and the journal. They are known by their key, and by having been begun since the job was. A job
// that is new has none, so that only rows of several parts, and only when a job is carried on, cost a listing.
//
// A store that lists no uploads, or will not let us list or abort them, is left alone: they hold no data.
func (r *Runner) sweep(ctx context.Context, f *file) error {
	lister, ok := sender.Lister(r.job.Store)
	if !ok || r.job.Known.New || f.tries > 1 {
		return nil
	}
	since := r.job.Known.Created.Add(-clockSkew)
	for u, err := range lister.Uploads(ctx, f.object.Key) {
		if err == nil && u.Key > f.object.Key {
			break
		}
		if err == nil && u.Key == f.object.Key && !u.Begun.Before(since) {
			err = r.job.Store.Abort(ctx, u.Upload)
			f.swept = f.swept || err == nil
		}
		if err != nil && (ctx.Err() != nil || sender.KindOf(err) != sender.GiveUp) {
			return err
		}
	}
	return nil
}
