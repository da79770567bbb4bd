package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/pipeline"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// versioned is a store of which it can be asked if it keeps to OnlyNew.
type versioned struct {
	sender.Store
	replaces bool
	err      error
	asked    int
}

func (v *versioned) Replaces(context.Context) (bool, error) {
	v.asked++
	return v.replaces, v.err
}

// A promise that the bucket does not keep must not be made in silence, nor one of which nobody knows.
func TestBucketThatReplacesIsToldAndAskedFirst(t *testing.T) {
	for name, c := range map[string]struct {
		store *versioned
		rule  pipeline.IfExists
		want  string // is said; empty: nothing
		asked int
	}{
		"keeps versions":    {&versioned{replaces: true}, pipeline.Fail, "keeps versions", 1},
		"keeps none":        {&versioned{}, pipeline.Fail, "", 1},
		"will not say":      {&versioned{err: errors.New("AccessDenied")}, pipeline.Fail, "AccessDenied", 1},
		"need not be asked": {&versioned{replaces: true}, pipeline.Skip, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			c.store.Store = sendertest.NewMemory()
			j := newJob()
			j.store, j.Options.IfExists = &store{Store: c.store}, c.rule
			foresee(t.Context(), j)
			if c.store.asked != c.asked || j.Options.AskFirst != (c.want != "") || !strings.Contains(j.doubt, c.want) || (j.doubt == "") != (c.want == "") {
				t.Errorf("asked %d times, ask first %t: %q", c.store.asked, j.Options.AskFirst, j.doubt)
			}
		})
	}
}
