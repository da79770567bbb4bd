//go:build linux

package torture

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/test/internal/lab"
	"github.com/ingest-dev/ingest/test/internal/tamper"
)

// sweep applies each rule to a job of its own, at the first call that it matches, at the second, and so on to the last;
// after each the job is finished. The short form does so many of them all in all, evenly spread from a random one on.
func sweep(t *testing.T, l *lab.Lab, budget lab.Budget, short int, rules []tamper.Rule) {
	t.Helper()
	points := everyPoint(l, rules)
	all := len(points)
	if budget.Long {
		l.Random.Shuffle(all, func(i, k int) { points[i], points[k] = points[k], points[i] }) // time may not do for all
	} else {
		points = spread(points, short, l.Random.IntN(max(1, all)))
	}
	tally, mistakes := newTally(), 0
	for i, p := range points {
		if budget.Over() && i >= fewest || mistakes >= mostMistakes && !budget.Long {
			break
		}
		if !apart(t, l, func(l *lab.Lab) { tally.add(struck(l, p)) }) {
			mistakes++
		}
	}
	t.Logf("%s: %d of %d points, %d went wrong; in the others every object is its source and nothing was left; ends: %v; struck: %v",
		l.Kind, tally.runs+mistakes, all, mistakes, tally.ends, tally.calls)
	if tally.runs+mistakes < min(all, fewest) {
		t.Errorf("only %d points of %d were reached in time", tally.runs+mistakes, all)
	}
}

// everyPoint is each rule at each call that it matches.
func everyPoint(l *lab.Lab, rules []tamper.Rule) (points []tamper.Rule) {
	l.Helper()
	for _, rule := range rules {
		seen := calls(l, rule)
		for rule.First = 1; rule.First <= seen; rule.First++ {
			points = append(points, rule)
		}
	}
	return points
}

// fewest is how many points a sweep has to reach to have tested anything, however long that takes a busy machine.
const fewest = 5

// calls is how many calls of a run that is left alone match a rule.
func calls(l *lab.Lab, rule tamper.Rule) int {
	l.Helper()
	trial := l.Trial()
	r := trial.Run(lab.Command{Quiet: true, Tamper: &tamper.Rule{Calls: rule.Calls, On: rule.On}})
	if r.Code != 0 {
		l.Fatalf("nobody touched it: %v", r)
	}
	trial.EveryObjectIsItsSource()
	trial.Forget()
	return r.Tampered.Seen
}

// struck runs one job under a rule, and finishes it.
func struck(l *lab.Lab, rule tamper.Rule) *lab.Result {
	l.Helper()
	trial := l.Trial()
	c := lab.Command{Quiet: true, Flags: []string{"--retries", "2"}, Tamper: &rule}
	if rule.Last == tamper.Always { // a run whose network is gone waits for it, until it is told to end
		c.Kill = lab.Kill{Signal: syscall.SIGINT, After: 600 * time.Millisecond, Again: 300 * time.Millisecond}
	}
	r := trial.Run(c)
	saysWhatFailed(trial, rule, r)
	over := trial.Over()
	trial.Finish()
	if rule.Signal != 0 && !over {
		sentAgain(trial, 1)
	}
	trial.Forget()
	return r
}

// saysWhatFailed wants a run that says all is well to be right, and any other to name what failed.
func saysWhatFailed(trial *lab.Trial, rule tamper.Rule, r *lab.Result) {
	trial.Helper()
	if r.Code == 0 {
		trial.EveryObjectIsItsSource()
		trial.ReportHasEachRowOnce()
	}
	stopped := r.Code == 3 && strings.Contains(string(r.Stderr), "interrupt")
	if rule.Errno != 0 && r.Code > 0 && !stopped && !strings.Contains(string(r.Stderr), rule.Errno.Error()) {
		trial.Errorf("it does not say %q: %v", rule.Errno, r)
	}
}

// spread returns n of the points, as far from each other as they can be, the first of them at an offset.
func spread[T any](points []T, n, offset int) []T {
	if n >= len(points) {
		return points
	}
	chosen := make([]T, n)
	for i := range chosen {
		chosen[i] = points[(offset+i*len(points)/n)%len(points)]
	}
	return chosen
}

// tally is what came of the runs after which all was well in the end.
type tally struct {
	runs  int
	ends  map[string]int // by exit code or signal
	calls map[string]int // runs by the call that was struck first
}

func newTally() *tally { return &tally{ends: map[string]int{}, calls: map[string]int{}} }

func (y *tally) add(r *lab.Result) {
	y.runs++
	end := fmt.Sprint("exit ", r.Code)
	if r.Signal != 0 {
		end = r.Signal.String()
	}
	y.ends[end]++
	call := "none"
	if len(r.Tampered.Struck) > 0 {
		call = r.Tampered.Struck[0].Name
	}
	y.calls[call]++
}
