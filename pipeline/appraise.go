package pipeline

import (
	"context"
	"errors"

	"github.com/ingest-dev/ingest/sender"
)

// Appraisal is what of an upload that another program began can be proven to be of a row's source.
type Appraisal struct {
	Row      int64
	UploadID string
	PartSize int64 // bytes of every part but the last
	Size     int64 // of the source, in bytes
	Parts    int   // that the source has
	Listed   int   // that the store lists, in the sizes that they should have
	Proven   int   // of Listed: with the source's bytes
	Bytes    int64 // of those
	Err      error // why the upload cannot be carried on, and the row would begin anew; nil: it can
}

// Appraise hashes what the store lists of the uploads that [Job].Adopt knows, and tells of each row of such an upload
// what a run would find. It sends and changes nothing. It fails where a source cannot be read, or the store not be
// asked.
func Appraise(ctx context.Context, job Job) ([]Appraisal, error) {
	r, err := New(job)
	if err != nil {
		return nil, err
	}
	var all []Appraisal
	for row, err := range job.Manifest.Rows(ctx) {
		if err != nil {
			return all, err
		}
		if r.known(row.Number) == nil || r.done(row.Number) {
			continue
		}
		f := r.newFile(row)
		a, err := r.appraise(ctx, f)
		f.close()
		if err != nil {
			return all, err
		}
		all = append(all, a)
	}
	return all, nil
}

func (r *Runner) appraise(ctx context.Context, f *file) (Appraisal, error) {
	begun := f.known.Begun
	a := Appraisal{Row: f.row.Number, UploadID: begun.UploadID, PartSize: begun.PartSize}
	if f.err != nil {
		return a, f.err
	}
	if err := r.openSource(ctx, f); err != nil {
		return a, err
	}
	if err := r.decide(f); err != nil {
		return a, err
	}
	a.Size, a.Parts = f.object.Size, f.plan.Parts
	if f.plan.Abort {
		a.Err = errBeyond
		return a, nil
	}
	u := sender.Upload{Key: f.object.Key, ID: begun.UploadID}
	agreed, err := claims(f.plan, f.object.Size, f.known, r.noting(f, r.job.Store.Parts(ctx, u)))
	for _, end := range []error{sender.ErrNoSuchUpload, errBeyond} {
		if errors.Is(err, end) {
			a.Err = end
			return a, nil
		}
	}
	if err != nil {
		return a, err
	}
	for number := range agreed {
		f.listed[number] = sender.StoredPart{Number: number, Size: agreed[number].Size, ETag: agreed[number].ETag, Checksum: agreed[number].Checksum}
	}
	a.Listed = len(f.listed)
	return a, r.appraiseParts(ctx, f, &a)
}

func (r *Runner) appraiseParts(ctx context.Context, f *file, a *Appraisal) error {
	for _, s := range f.listed {
		same, err := r.matches(ctx, f, f.plan, s)
		if err != nil {
			return err
		}
		if same {
			a.Proven++
			a.Bytes += s.Size
		}
	}
	if a.Proven == 0 {
		a.Err = errUnproven
	}
	return nil
}
