package differential

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/internal/faultproxy"
)

// scenario is something bad that happens to one upload.
type scenario struct {
	group, name string
	size        int                                // of the file
	rules       func(c *cell) []fault.Rule         // what the store does
	plan        func(n int) faultproxy.Fault       // what the network does to the n-th connection
	during      func(ctx context.Context, c *cell) // what happens beside the run
	between     func(c *cell)                      // what happens before it is run again
	later       func(c *cell) []fault.Rule         // what the store does then
	wrap        []string                           // what the client is started by
	kills       bool                               // it is killed in the first run, and what counts is the second
	twin        bool                               // two processes have the same checkpoint
	debug       bool                               // the client says all that it can
	checkpoint  bool                               // is about the checkpoint
	slow        bool                               // ingest needs a minute or more, by its own time-outs
	patience    time.Duration                      // after how long a client is taken to hang
	says        func(c *cell, e ended) (string, bool)

	// want are the outcomes of the first run that ingest may have: finished, unless nobody could.
	want []outcome
}

func (s scenario) withDefaults() scenario {
	if s.patience == 0 {
		s.patience = patience
	}
	if s.want == nil {
		s.want = []outcome{finished}
	}
	if s.kills {
		s.want = []outcome{killed}
	}
	return s
}

// all returns the scenarios in the order of the table.
func all() []scenario {
	var list []scenario
	for _, g := range []struct {
		name      string
		scenarios []scenario
	}{
		{"The store refuses", refusals}, {"Answers are lost, or are not the store's", answers}, {"Bytes are damaged", damages},
		{"The network", network}, {"The process", process}, {"The source", sources}, {"Secrets", secrets},
	} {
		for _, s := range g.scenarios {
			s.group = g.name
			list = append(list, s.withDefaults())
		}
	}
	return list
}

// always makes rules that do not depend on the cell.
func always(rules ...fault.Rule) func(*cell) []fault.Rule {
	return func(*cell) []fault.Rule { return rules }
}

// refusal is an error in the words of the client's dialect.
func refusal(status int, ossCode, s3Code string, header map[string]string) func(c *cell) fault.Fault {
	return func(c *cell) fault.Fault {
		code := ossCode
		if c.client.dialect == s3Dialect {
			code = s3Code
		}
		return fault.Fault{Answer: &fault.Answer{Status: status, Code: code, Message: http.StatusText(status), Header: header}}
	}
}

// to has requests struck by a fault of the dialect.
func to(r fault.Rule, f func(c *cell) fault.Fault) func(*cell) []fault.Rule {
	return func(c *cell) []fault.Rule {
		r.Fault = f(c)
		return []fault.Rule{r}
	}
}

// leisurely has every part take a while, so that something can happen meanwhile.
var leisurely = always(fault.Rule{Op: fault.SendPart, Fault: fault.Fault{Delay: 300 * time.Millisecond}})

// afterParts does something when so many parts are stored, and what was about to be written beside has been.
func afterParts(n int, do func(ctx context.Context, c *cell)) func(context.Context, *cell) {
	return func(ctx context.Context, c *cell) {
		if !c.tally.reached(ctx, n) {
			return
		}
		select {
		case <-time.After(250 * time.Millisecond):
			c.struck = true
			do(ctx, c)
		case <-ctx.Done():
		}
	}
}

func kill(_ context.Context, c *cell) { _ = c.process.Kill() }

// A table whose rows cannot be told apart is no table.
func TestScenariosHaveNames(t *testing.T) {
	var names []string
	for _, s := range all() {
		if s.name == "" || slices.Contains(names, s.name) || strings.Contains(s.name, "|") {
			t.Errorf("%s: %q", s.group, s.name)
		}
		names = append(names, s.name)
	}
}
