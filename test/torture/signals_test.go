//go:build unix

package torture

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/test/internal/lab"
)

// signalled runs a job that is signalled when so many requests have come, with rules on the store.
func signalled(t *testing.T, c lab.Command, requests int, rules ...fault.Rule) (*lab.Trial, *lab.Result) {
	t.Helper()
	script, seen, now := fault.NewScript(1, rules...), new(tap), make(chan time.Time, 1)
	seen.after(requests, func() { now <- time.Now() })
	kind := dialects(t, lab.Seed(t))[0]
	trial := lab.New(t, lab.Options{
		Kind: kind, Sizes: append(twoParts(kind, 3), slices.Repeat([]int{5000}, 200)...), Parallel: 16, Wrap: seen.wrap,
		Store: func(o *devstore.Options) { o.Faults = script },
	}).Trial()
	c.Kill.When = now
	r := trial.Run(c)
	script.Set()
	if r.Code != 3 || !strings.Contains(string(r.Stderr), "to go on:") {
		t.Errorf("want exit 3, and how to go on: %v", r)
	}
	return trial, r
}

// One signal: what is in flight finishes, nothing new begins, and the next run goes on without sending any of it again.
func TestInterruptedUnderLoadNothingIsSentAgain(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		trial, r := signalled(t, lab.Command{Kill: lab.Kill{Signal: sig}}, 60, fault.Rule{Fault: fault.Fault{Delay: 20 * time.Millisecond}})
		before, _ := trial.SentAgain()
		trial.Finish()
		all, again := trial.SentAgain()
		if again > 0 || before == all {
			t.Errorf("%d of %d parts and objects were sent again, %d before the signal: %v", again, all, before, r)
		}
		t.Logf("%s, %v: exit 3 after %.2f s with %d of %d parts and objects sent; none of them again by the next run",
			trial.Kind, sig, r.Survived.Seconds(), before, all)
	}
}

// Two signals end the run at once, though the store says nothing: within a second, and one more for a busy machine.
func TestSecondSignalEndsTheRunWhileTheStoreStalls(t *testing.T) {
	stall := fault.Rule{Skip: 40, Fault: fault.Fault{Stall: true}}
	c := lab.Command{Kill: lab.Kill{Signal: syscall.SIGINT, Again: 300 * time.Millisecond}}
	trial, r := signalled(t, c, 50, stall)
	if r.Survived > 2*time.Second {
		t.Errorf("it lived for %v after the second signal: %v", r.Survived, r)
	}
	trial.Finish()
	t.Logf("%s: a stalled store, SIGINT twice: exit 3 %.2f s after the second", trial.Kind, r.Survived.Seconds())
}

// A single SIGTERM, as an orchestrator sends it, ends the run before the orchestrator loses its patience after 30 s,
// though the store says nothing. It takes 20 s: long form only.
func TestTermEndsTheRunWhileTheStoreStalls(t *testing.T) {
	if !long(t) {
		t.Skip("takes 20 s: INGEST_TORTURE=1m")
	}
	stall := fault.Rule{Skip: 40, Fault: fault.Fault{Stall: true}}
	trial, r := signalled(t, lab.Command{Kill: lab.Kill{Signal: syscall.SIGTERM}}, 50, stall)
	if r.Survived > 25*time.Second {
		t.Errorf("it lived for %v after SIGTERM: %v", r.Survived, r)
	}
	trial.Finish()
	t.Logf("%s: a stalled store, SIGTERM once: exit 3 after %.1f s", trial.Kind, r.Survived.Seconds())
}
