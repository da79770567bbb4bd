package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/ingest-dev/ingest/sender"
)

func TestErrorEndsWithTheCodeOfAnother(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want int
	}{
		"none":               {nil, exitDone},
		"stopped":            {pipeline.ErrStopped, exitStopped},
		"cancelled":          {context.Canceled, exitStopped},
		"dead journal":       {journal.ErrDead, exitJournal},
		"locked journal":     {journal.ErrLocked, exitJournal},
		"another job's":      {journal.ErrOtherJob, exitJournal},
		"no journal":         {journal.ErrFormat, exitJournal},
		"damaged journal":    {journal.ErrDamaged, exitJournal},
		"changed journal":    {journal.ErrChanged, exitJournal},
		"wrong manifest":     {&manifests.Mistakes{List: []manifests.Mistake{{Message: "m"}}}, exitManifest},
		"refusing store":     {&sender.Error{Kind: sender.StopRun}, exitRefused},
		"option":             {pipeline.ErrOption, exitUsage},
		"report not written": {&fs.PathError{Op: "write", Err: errors.New("full")}, exitFailed},
		"anything else":      {errors.New("else"), exitUsage},
	} {
		err := c.err
		if err != nil {
			err = fmt.Errorf("wrapped: %w", err)
		}
		if got := exitCode(err); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestRowsThatAreNotProvenPassForSuccess(t *testing.T) {
	unverified, failed := pipeline.Progress{Rows: 2, Unverified: 1}, pipeline.Progress{Rows: 2, Failed: 1}
	for name, c := range map[string]struct {
		move move
		p    pipeline.Progress
		want int
	}{
		"all done":               {move{}, pipeline.Progress{Rows: 2, Done: 2}, exitDone},
		"unverified":             {move{}, unverified, exitFailed},
		"unverified, as allowed": {move{allow: true}, unverified, exitDone},
		"failed":                 {move{allow: true}, failed, exitFailed},
	} {
		if got := exitCode(c.move.outcome(c.p, nil)); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
