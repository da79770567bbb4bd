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
	accepting := move{accept: pipeline.Accept{Unverified: true, CallbackFailed: true}}
	for name, c := range map[string]struct {
		move move
		p    pipeline.Progress
		want int
	}{
		"all done":               {move{}, pipeline.Progress{Done: 2}, exitDone},
		"kept":                   {move{}, pipeline.Progress{Done: 1, Kept: 1}, exitDone},
		"unverified":             {move{}, pipeline.Progress{Done: 1, Unverified: 1}, exitFailed},
		"unverified, as allowed": {accepting, pipeline.Progress{Done: 1, Unverified: 1}, exitDone},
		"unheard":                {move{}, pipeline.Progress{Done: 1, CallbackFailed: 1}, exitFailed},
		"unheard, as allowed":    {accepting, pipeline.Progress{Unverified: 1, CallbackFailed: 1}, exitDone},
		"failed":                 {accepting, pipeline.Progress{Done: 1, Failed: 1}, exitFailed},
		"without an outcome":     {accepting, pipeline.Progress{Done: 1}, exitFailed},
	} {
		c.p.Rows = 2
		if got := exitCode(c.move.outcome(c.p, nil)); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
