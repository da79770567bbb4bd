package pipeline

import (
	"context"
	"iter"
	"maps"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/sender"
)

// rows yields the rows that are not done.
func (r *Runner) rows(ctx context.Context) iter.Seq2[*manifests.Row, error] {
	if m, ok := r.job.Manifest.(RowsBut); ok {
		return m.RowsBut(ctx, r.done)
	}
	return func(yield func(*manifests.Row, error) bool) {
		for row, err := range r.job.Manifest.Rows(ctx) {
			if (err != nil || !r.done(row.Number)) && !yield(row, err) {
				return
			}
		}
	}
}

// newFile makes a file of a row, which may be overwritten afterwards.
func (r *Runner) newFile(row *manifests.Row) *file {
	f := &file{row: *row, known: r.known(row.Number), budget: sender.NewBudget(r.opts.Retries)}
	f.row.Metadata, f.row.Tags, f.row.CallbackVars = maps.Clone(row.Metadata), maps.Clone(row.Tags), maps.Clone(row.CallbackVars)
	f.object = *ObjectOf(&f.row)
	r.opts.Guess.byName(&f.object, f.row.Source)
	f.fail(r.barred(row))
	stated, err := statedBy(row)
	f.stated = stated
	f.fail(err)
	return f
}

// statedBy returns the checksum that a row states, or zero.
func statedBy(row *manifests.Row) (hasher.Checksum, error) {
	if row.Checksum == "" {
		return hasher.Checksum{}, nil
	}
	stated, err := hasher.Parse(row.Checksum)
	if err != nil {
		return stated, &Fault{Op: "read checksum", Path: row.Source, Err: err}
	}
	return stated, nil
}

// barred returns why a row cannot be sent.
func (r *Runner) barred(row *manifests.Row) error {
	if r.job.Rule == nil {
		return nil
	}
	if err := r.job.Rule(row); err != nil {
		return &Fault{Op: "check row", Path: row.Source, Err: err}
	}
	return nil
}

// ObjectOf is what a row asks to be stored, without its size, which is known once its source is open.
func ObjectOf(row *manifests.Row) *sender.Object {
	return &sender.Object{
		Key: row.Key, ContentType: row.ContentType, Metadata: row.Metadata, Tags: row.Tags,
		StorageClass: row.StorageClass, ACL: row.ACL,
		CacheControl: row.CacheControl, ContentDisposition: row.ContentDisposition, ContentEncoding: row.ContentEncoding,
		ContentLanguage: row.ContentLanguage, Expires: row.Expires, Encryption: row.Encryption, EncryptionKey: row.EncryptionKey,
		LockMode: row.LockMode, LockUntil: row.LockUntil, LegalHold: row.LegalHold,
		Callback: row.Callback, CallbackVars: row.CallbackVars,
	}
}
