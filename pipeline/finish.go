package pipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/sender"
)

// finish is the step that makes a gathered file an object and proves it, or cleans up behind one that failed. It
// closes the source.
func (r *Runner) finish(ctx context.Context) func(*file) {
	return func(f *file) {
		defer f.close()
		if f.err == nil {
			f.fail(r.complete(ctx, f))
		}
		if f.err == nil && !f.there {
			f.fail(r.prove(ctx, f))
		}
		if f.err != nil {
			r.cleanUp(ctx, f)
		}
	}
}

// complete makes the object visible, if its source is still what was read. A file without an upload is visible by now.
func (r *Runner) complete(ctx context.Context, f *file) error {
	if f.one() || f.upload == nil {
		return nil
	}
	whole, err := combine(len(f.parts), func(i int) (hasher.Checksum, int64) { return f.parts[i].Checksum, f.parts[i].Size })
	if err != nil {
		return err
	}
	f.whole = whole
	if f.stated.Algorithm == whole.Algorithm {
		if err := compareStated(f, whole); err != nil {
			return err
		}
	}
	if err := r.unchanged(ctx, f); err != nil {
		return err
	}
	// Who is killed at Complete knows the object by its parts: the last of them may not be durable yet.
	if err := r.job.Journal.Sync(ctx); err != nil {
		return stoppedIf(ctx, err)
	}
	f.close() // a descriptor less, while the store puts the parts together
	f.got, err = r.makeNew(f.spending(ctx), f, func() (sender.Receipt, error) {
		return r.job.Store.Complete(f.spending(ctx), *f.upload, &f.object, sender.Completion{Parts: f.parts, Whole: whole})
	})
	f.extra += max(0, f.got.Attempts-1)
	if err == nil && f.there {
		err = r.job.Store.Abort(f.spending(ctx), *f.upload)
	}
	return stoppedIf(ctx, err)
}

// prove gives the file its status: done if the store's checksum of the whole equals ours, unverified if the
// store has none to offer. A receipt without a checksum is asked after once. One that is done, and of which the store
// could not tell the application server, is so much less.
func (r *Runner) prove(ctx context.Context, f *file) error {
	f.status = journal.Done
	if !sameSum(f.got.Checksum, f.whole) {
		info, err := r.job.Store.Head(f.spending(ctx), f.object.Key)
		if err != nil {
			return stoppedIf(ctx, err)
		}
		if err := judge(f, info); err != nil {
			return err
		}
	}
	if f.status == journal.Done && f.callbackError() != nil {
		f.status = journal.CallbackFailed
	}
	return nil
}

// callbackError is why the application server may not have heard of the object, or nil.
func (f *file) callbackError() error {
	if f.got.Callback == nil || f.got.Callback.Err == nil {
		return nil
	}
	return f.got.Callback.Err
}

// judge is what prove concludes from the store's answer.
func judge(f *file, info sender.Info) error {
	switch {
	case f.got.ETag != "" && info.ETag != f.got.ETag:
		return fmt.Errorf("%q: %w", f.object.Key, ErrOverwritten)
	case info.Size != f.object.Size:
		return fmt.Errorf("%q: %w: %d bytes, sent %d", f.object.Key, sender.ErrCorrupt, info.Size, f.object.Size)
	case sameSum(info.Checksum, f.whole):
		f.named(info)
		return nil
	case info.Checksum.Algorithm == f.whole.Algorithm && !f.whole.IsZero():
		return fmt.Errorf("%q: %w: %s, sent %s", f.object.Key, sender.ErrCorrupt, info.Checksum, f.whole)
	}
	f.named(info)
	f.status = journal.Unverified
	return nil
}

// named notes what the store calls the object, where the answer that made it did not say.
func (f *file) named(info sender.Info) {
	if f.got.ETag == "" {
		f.got.ETag, f.got.VersionID = info.ETag, info.VersionID
	}
}

// sameSum reports whether both are known and equal.
func sameSum(a, b hasher.Checksum) bool { return !a.IsZero() && a == b }

// cleanUp drops an upload that no later run could use, as one of which the journal cannot know all parts. It keeps one
// that can be carried on; and if the store will not abort, the journal still knows the upload. A row that the end of
// the run cut off keeps its upload, whatever went wrong with it before. To clean up takes nothing off the row's
// retries, of which there may be none left.
func (r *Runner) cleanUp(ctx context.Context, f *file) {
	if f.upload == nil || interrupted(f.err) {
		return
	}
	switch {
	case errors.Is(f.err, sender.ErrNoSuchUpload):
		f.drop = true
	case errors.Is(f.err, journal.ErrRecord),
		sourceFailed(f.err), errors.Is(f.err, sender.ErrCorrupt), errors.Is(f.err, sender.ErrExists):
		f.drop = r.job.Store.Abort(ctx, *f.upload) == nil
	case r.misfits(f):
		f.shun()
	}
}

// stoppedIf is err, or the run's word for it if ctx has ended.
func stoppedIf(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ErrStopped
	}
	return err
}
