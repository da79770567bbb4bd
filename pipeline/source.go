package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/reader"
)

// source is what the steps ask of a file. A *reader.Source is one.
type source interface {
	Identity() reader.Identity
	Size() int64
	AtRest(ctx context.Context) error
	Read(ctx context.Context, off int64, n int) (*reader.Chunk, error)
	Copy(ctx context.Context, off int64, n int) (*reader.Chunk, error)
	Unchanged() error
	Close() error
}

// openers returns what opens the sources of the job.
func openers(r *reader.Reader) func(path string) (source, error) {
	return func(path string) (source, error) {
		s, err := r.Open(path)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
}

// pauses are the waits before an access to a source is tried again that failed in a way that may pass. A disk or a
// file server that fails three times within a second will not do better for this run.
var pauses = [...]time.Duration{100 * time.Millisecond, time.Second}

// patiently tries an access to a source, again if what failed may pass.
func (r *Runner) patiently(ctx context.Context, access func() error) error {
	err := access()
	for _, pause := range r.pauses {
		if !reader.Temporary(err) || r.halt.stopped() || !slept(ctx, pause) {
			return err
		}
		err = access()
	}
	return err
}

// slept waits for d. It returns false if ctx ended before.
func slept(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

func (r *Runner) openSource(ctx context.Context, f *file) error {
	err := r.patiently(ctx, func() (err error) {
		f.source, err = r.sources(f.row.Path)
		return err
	})
	if err != nil {
		return &Fault{Op: "open source", Path: f.row.Path, Err: err}
	}
	f.object.Size = f.source.Size()
	return ofSize(&f.row, f.object.Size)
}

// ofSize returns an error if the row states another size.
func ofSize(row *manifests.Row, size int64) error {
	if row.Size >= 0 && row.Size != size {
		return fmt.Errorf("%q: %w: %d bytes, stated %d", row.Path, ErrSize, size, row.Size)
	}
	return nil
}

// atRest waits until a change of the source would show.
func (r *Runner) atRest(ctx context.Context, f *file) error {
	return readError(ctx, f, f.source.AtRest(ctx))
}

// copies reports whether f is to be sent from copies of its bytes. A mapped source may change between being hashed
// and being sent, and the store's checksum of the part tells. That is too late for a file that is one request, and
// visible with it: OSS takes no checksum along, but states what it has stored. And a store that states none at all
// never tells.
func copies(f *file, wire hasher.Algorithm) bool { return f.one() || wire == hasher.None }

// load brings a range of the source into memory.
func (r *Runner) load(ctx context.Context, f *file, off int64, n int) (chunk *reader.Chunk, err error) {
	read := f.source.Read
	if f.copied {
		read = f.source.Copy
	}
	err = r.patiently(ctx, func() (err error) {
		chunk, err = read(ctx, off, n)
		return err
	})
	return chunk, readError(ctx, f, err)
}

// unchanged asks whether the source is still what was opened.
func (r *Runner) unchanged(ctx context.Context, f *file) error {
	return readError(ctx, f, r.patiently(ctx, f.source.Unchanged))
}

func readError(ctx context.Context, f *file, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ErrStopped
	}
	return &Fault{Op: "read source", Path: f.row.Path, Err: err}
}

// digest hashes a range of a file in sequence with what came before it.
func (r *Runner) digest(ctx context.Context, d *hasher.Digest, f *file, off int64, n int) error {
	chunk, err := r.load(ctx, f, off, n)
	if err != nil {
		return err
	}
	defer chunk.Release()
	err = reader.Guard(func() error {
		_, err := d.Write(chunk.Bytes())
		return err
	})
	return readError(ctx, f, err)
}
