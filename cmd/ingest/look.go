package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
)

// look is what plan does with the rows. Of a job that was never begun they are all to be sent: then they are looked at
// while they are checked, which saves reading the manifest again. What would fail is told at once in both cases.
type look struct {
	failing func(*manifests.Row, error)
	viewing *pipeline.Viewing // nil: not begun
}

// begin has the rows looked at that the function returned is given.
func (l *look) begin(ctx context.Context, j *job) (see func(*manifests.Row), err error) {
	if l.viewing, err = pipeline.View(ctx, j.Job, l.failing); err != nil {
		return nil, err
	}
	return l.viewing.Add, nil
}

// end waits for what was begun.
func (l *look) end(rows int64) (p pipeline.Preview) {
	if l.viewing != nil {
		p = l.viewing.End(rows)
	}
	return p
}

// finish returns what was seen, or looks now. A journal that came in the meantime is taken into account.
func (l *look) finish(ctx context.Context, j *job) (pipeline.Preview, error) {
	p := l.end(j.Total)
	if l.viewing != nil && (j.Known == nil || j.Known.New) {
		return p, ctx.Err()
	}
	return pipeline.Look(ctx, j.Job, l.failing)
}

// isThere reports whether something has that name; none, an empty one, has nothing.
func isThere(path string) bool {
	_, err := os.Lstat(path)
	return path != "" && !errors.Is(err, fs.ErrNotExist)
}
