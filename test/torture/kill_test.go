//go:build unix

package torture

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/test/internal/lab"
)

// Jobs are killed at random instants, again and again, until a run survives; then the next job begins. No more may be
// sent twice than was in flight at the kills. Some signals are such as let the run end by itself.
func TestKilledAtRandomInstantsLosesNothing(t *testing.T) {
	for _, kind := range []lab.Kind{lab.OSS, lab.File} {
		t.Run(string(kind), func(t *testing.T) { killedAtRandom(t, kind) })
	}
}

// killing is how much is killed. The short form is bound by its count, whatever the machine has to do besides.
type killing struct {
	kills, least int
	files, most  int // how many, and their most bytes
	rate         string
}

// brake is the time after which the short form fails. Of processor time a kind takes ten seconds; with forty others
// waiting for two processors it took four minutes.
const brake = 10 * time.Minute

func killingOf(budget lab.Budget) killing {
	if budget.Long {
		return killing{kills: 500, least: 50, files: 60, most: 3 << 20, rate: "64MiB"}
	}
	return killing{kills: 50, least: 50, files: 40, most: 512 << 10, rate: "16MiB"}
}

func killedAtRandom(t *testing.T, kind lab.Kind) {
	budget := lab.NewBudget(t, brake)
	k := killingOf(budget)
	seed := lab.Seed(t)
	l := lab.New(t, lab.Options{Kind: kind, Seed: seed, Sizes: lab.Sizes(rand.New(rand.NewPCG(seed, 2)), k.files, k.most)})
	within := k.measure(l)
	kills, jobs, again := 0, 0, 0
	for ; kills < k.kills && !budget.Over(); jobs++ {
		trial := l.Trial()
		n := k.untilItSurvives(trial, k.kills-kills, within)
		kills += n
		again += sentAgain(trial, n)
		if kind == lab.File {
			trial.LitterIsSwept()
		}
		trial.Forget()
	}
	t.Logf("%s: %d kills within %v of their start, in %d jobs of %d files: every object is its source, nothing was left%s",
		kind, kills, within, jobs, k.files, againIn(l, again, kills))
	if kills < k.least {
		t.Errorf("only %d kills of %d found the program alive in time", kills, k.kills)
	}
}

// measure returns within what time of its start a run is killed: half of what one takes that is left alone, so that
// most jobs are killed more than once, on a busy machine too.
func (k killing) measure(l *lab.Lab) time.Duration {
	trial := l.Trial()
	r := trial.Run(lab.Command{Flags: []string{"--limit-rate", k.rate}})
	trial.Arrived(r)
	trial.Forget()
	return max(r.Took/2, 10*time.Millisecond)
}

// againIn tells how much was sent again, where that was counted.
func againIn(l *lab.Lab, again, kills int) string {
	if l.Meter == nil {
		return ""
	}
	return fmt.Sprintf("; %d parts and objects were sent again, %.1f a kill with %d in flight", again, float64(again)/float64(max(1, kills)), l.Parallel)
}

// untilItSurvives kills one run after the other until one ends by itself or is killed when all is done, or most were;
// then one more is left alone. It returns how many were killed.
func (k killing) untilItSurvives(trial *lab.Trial, most int, within time.Duration) int {
	for n := range most {
		after := time.Duration(trial.Random.Int64N(int64(within)))
		r := trial.Run(lab.Command{Flags: []string{"--limit-rate", k.rate}, Kill: randomKill(trial.Random, after)})
		if r.Signal == 0 && r.Code == 0 {
			trial.Arrived(r)
			return n
		}
		if r.Signal == 0 && r.Code != 3 {
			trial.Fatalf("it was stopped: %v", r)
		}
		if trial.Over() {
			trial.EveryObjectIsItsSource()
			trial.ReportHasEachRowOnce()
			return n + 1
		}
	}
	trial.Finish()
	return most
}

// randomKill is SIGKILL most of the time.
func randomKill(r *rand.Rand, after time.Duration) lab.Kill {
	k := lab.Kill{Signal: syscall.SIGKILL, After: after}
	switch r.IntN(8) {
	case 0:
		k.Signal = syscall.SIGINT
	case 1:
		k.Signal = syscall.SIGTERM
	case 2:
		k.Signal, k.Again = syscall.SIGINT, time.Duration(1+r.IntN(20))*time.Millisecond
	}
	return k
}

// inFlight is how much may be in the store and not in the journal yet: what is being sent, as much again that is being
// finished, and what waits for one write of the journal.
func inFlight(trial *lab.Trial) int { return 3 * trial.Parallel }

// sentAgain returns how many parts were sent more than once, which the kills have to account for.
func sentAgain(trial *lab.Trial, kills int) int {
	trial.Helper()
	if trial.Meter == nil {
		return 0
	}
	all, again := trial.SentAgain()
	if again > kills*inFlight(trial) {
		trial.Errorf("%d of %d parts and objects were sent again, more than were in flight at %d kills", again, all, kills)
	}
	return again
}
