package journal

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"
	"time"
)

// The laboratory: tests that try every fault of a kind, one case each. They have a short form, for every run of the
// tests, and a long one:
//
//	INGEST_TORTURE=10m go test -v -timeout 0 -run Torture ./journal
//
// The short form tries some of the long form's first round. The long form tries all of it, and then further rounds,
// each with the next seed, until the time is over, in every test anew. A failure names its seed and its case:
//
//	INGEST_SEED=7 INGEST_CASE='flip bit 3 of byte 1021' go test -run TortureDamage ./journal
//
// tries that one case alone.

// patience is how long one case may take before it is a hang.
const patience = time.Minute

// lab counts what a test of the laboratory does.
type lab struct {
	t      *testing.T
	seed   uint64
	only   string        // the one case to try, if any
	long   time.Duration // of the long form; 0 for the short one
	counts map[string]int
	failed int
}

// torture runs a test's rounds, beside other tests.
func torture(t *testing.T, round func(l *lab, rng *rand.Rand)) {
	t.Helper()
	t.Parallel()
	newLab(t).rounds(round)
}

func newLab(t *testing.T) *lab {
	t.Helper()
	l := &lab{t: t, seed: 1, only: os.Getenv("INGEST_CASE"), counts: map[string]int{}}
	var err error
	if s := os.Getenv("INGEST_SEED"); s != "" {
		if l.seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal("INGEST_SEED:", err)
		}
	}
	if s := os.Getenv("INGEST_TORTURE"); s != "" {
		if l.long, err = time.ParseDuration(s); err != nil {
			t.Fatal("INGEST_TORTURE:", err)
		}
	}
	return l
}

func (l *lab) rounds(round func(l *lab, rng *rand.Rand)) {
	l.t.Helper()
	first, began := l.seed, time.Now()
	for more := true; more && l.failed == 0; more = time.Since(began) < l.long {
		round(l, rand.New(rand.NewPCG(l.seed, 1)))
		l.seed++
	}
	l.t.Logf("seeds %d to %d: %s", first, l.seed-1, l.figures())
}

// every says whether a case is among those to try: in the short form every n-th.
func (l *lab) every(n, i int) bool {
	return l.long > 0 || l.only != "" || (i+int(l.seed))%n == 0
}

// try tries one case and counts it under its kind. What goes wrong is an error, or a panic.
func (l *lab) try(kind, name string, f func() error) {
	if l.only != "" && l.only != name || l.failed >= 5 {
		return
	}
	l.counts[kind]++
	seed := l.seed
	watch := time.AfterFunc(patience, func() { panic(fmt.Sprintf("seed %d, case %q: it hangs", seed, name)) })
	defer watch.Stop()
	if err := guarded(f); err != nil {
		l.failed++
		l.t.Errorf("seed %d, case %q: %v", l.seed, name, err)
	}
}

func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}

// note counts something that is worth a figure.
func (l *lab) note(what string) { l.counts[what]++ }

func (l *lab) figures() string {
	text := ""
	for _, what := range slices.Sorted(maps.Keys(l.counts)) {
		text += fmt.Sprintf("%s %d, ", what, l.counts[what])
	}
	return text + fmt.Sprintf("wrong %d, panics 0, hangs 0", l.failed)
}
