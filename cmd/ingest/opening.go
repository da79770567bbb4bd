package main

import (
	"context"

	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
)

// opening is what a command opens its job with, besides its flags.
type opening struct {
	manifest func(prefix string) (*manifests.Manifest, error)
	past     string // the journal that an earlier run may have left; empty: none is asked
	accept   pipeline.Accept
	aside    aside // sees rows as they are checked; nil: nobody does
}

// aside begins to look at a job, and returns who is to see each of its rows.
type aside func(ctx context.Context, j *job) (see func(*manifests.Row), err error)
