package tuning

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"
)

const (
	start = 16
	most  = 256
	mb    = 1e6
)

// seeds is how many there are for each world: few in the ordinary tests.
func seeds() uint64 {
	if os.Getenv("INGEST_TORTURE") != "" {
		return 20
	}
	return 1
}

// some is every fifth where the race detector watches, and else all.
func some[T any](all []T) (picked []T) {
	for i, one := range all {
		if !raced || i%5 == 0 {
			picked = append(picked, one)
		}
	}
	return picked
}

func always(n int64) func(*rand.Rand) int64 { return func(*rand.Rand) int64 { return n } }

// logNormal are sizes as data lakes have them: most are small, most bytes are in large ones, which come in parts.
func logNormal(r *rand.Rand) int64 {
	return min(int64(math.Exp(math.Log(200<<10)+2*r.NormFloat64())), 8<<20)
}

// near is a store on the same machine: two processors do all.
var near = world{latency: 0.0002, jitter: 0.2, cpu: 75e-6, cpuByte: 0.35e-9, crowd: 0.0002, sizes: always(16 << 10)}

// worlds are stores at three distances, with and without a link of 200 MB/s, and with connections that are slow each.
func worlds() map[string]world {
	list := map[string]world{}
	for _, latency := range []float64{0.0002, 0.005, 0.05} {
		for name, sizes := range map[string]func(*rand.Rand) int64{"large": always(8 << 20), "small": always(16 << 10), "mixed": logNormal} {
			w := near
			w.latency, w.sizes = latency, sizes
			list[fmt.Sprintf("%s at %g ms", name, latency*1000)] = w
			w.link = 200 * mb
			list[fmt.Sprintf("%s at %g ms and 200 MB/s", name, latency*1000)] = w
		}
		w := near
		w.latency, w.sizes, w.link, w.each = latency, always(8<<20), 1250*mb, 30*mb
		list[fmt.Sprintf("large at %g ms and 30 MB/s each", latency*1000)] = w
	}
	return list
}

// trial is a tuner at work in a world.
type trial struct {
	*sim
	*Tuner
	highest int
}

func newTrial(w world, seed uint64) *trial {
	t := &trial{sim: newSim(w, seed), Tuner: New(start, most)}
	t.meter = &t.Meter
	return t
}

func (t *trial) look() int {
	n := t.Look(t.at(), t.throttled, most)
	t.highest = max(t.highest, n)
	return n
}

// goodput is what is done from now until a moment, a second.
func (t *trial) goodput(until float64) float64 {
	from, before := t.now, t.progress()
	t.run(until, t.look)
	return (t.progress() - before) / (until - from)
}

// best is the most that a fixed number in flight does, of 2 to 128, in the first ten seconds, and in the next.
func best(w world, seed uint64) (first, then float64) {
	step := 4
	if os.Getenv("INGEST_TORTURE") != "" {
		step = 2
	}
	for n := 2; n <= 128; n *= step {
		s := newSim(w, seed)
		s.run(10, func() int { return n })
		ten := s.progress()
		s.run(20, func() int { return n })
		first, then = max(first, ten/10), max(then, (s.progress()-ten)/10)
	}
	return first, then
}

// The law: at least 95 % of the best fixed setting once it is found, and 85 % of it in the first ten seconds, the climb
// and all trying included. The mean is higher.
func TestNoFixedSettingIsMuchBetter(t *testing.T) {
	all := worlds()
	var sum, n float64
	for _, name := range some(slices.Sorted(maps.Keys(all))) {
		for seed := range seeds() {
			w := all[name]
			w.weather = 0.1 * float64(seed%2)
			run := newTrial(w, seed)
			first, then := best(w, seed)
			first, then = run.goodput(10)/first, run.goodput(20)/then
			sum += min(first, 1) + min(then, 1)
			n += 2
			t.Logf("%-36s %d: %.3f, then %.3f, %d in flight", name, seed, first, then, run.Limit())
			if first < 0.85 || then < 0.95 {
				t.Errorf("%s, seed %d: %.3f of the best in 10 s, then %.3f", name, seed, first, then)
			}
		}
	}
	if t.Logf("mean %.3f", sum/n); sum/n < 0.97 {
		t.Errorf("%.3f of the best on average", sum/n)
	}
}

// Conditions change: within ten seconds the new ones are found, and nothing is lost for good.
func TestChangeIsNoticed(t *testing.T) {
	far, slow, quick := near, near, near
	far.latency = 0.05
	slow.sizes, slow.link = always(8<<20), 50*mb
	quick.sizes, quick.link, quick.each, quick.latency = always(8<<20), 1250*mb, 40*mb, 0.05
	mix := far
	mix.sizes = logNormal
	for _, c := range some([]struct {
		name     string
		from, to world
	}{
		{"the store moves away", near, far}, {"it comes near", far, near}, {"the link is throttled", quick, slow},
		{"it is opened", slow, quick}, {"large files follow", far, quick}, {"small files follow", quick, far}, {"sizes get mixed", far, mix},
	}) {
		for seed := range seeds() {
			run := newTrial(c.from, seed)
			run.goodput(20)
			run.world = c.to
			run.goodput(30)
			_, want := best(c.to, seed)
			got := run.goodput(40) / want
			t.Logf("%-24s %d: %.3f, %d in flight", c.name, seed, got, run.Limit())
			if got < 0.93 {
				t.Errorf("%s, seed %d: %.3f of the best after 10 s", c.name, seed, got)
			}
		}
	}
}

// Where two processors do all the work, many in flight gain nothing, and noise must not make them seem to.
func TestNothingIsClimbedForNothing(t *testing.T) {
	if raced {
		t.Skip("one goroutine, and a median of many runs: it is run without the race detector")
	}
	for _, sizes := range []int64{16 << 10, 8 << 20} {
		for _, gusts := range []float64{0, 0.1, 0.5} {
			var high, last []int
			for seed := range 4 + seeds() {
				w := near
				w.sizes, w.gusts = always(sizes), gusts
				run := newTrial(w, seed)
				run.goodput(10)
				high, last = append(high, run.highest), append(last, run.Limit())
			}
			slices.Sort(high)
			slices.Sort(last)
			t.Logf("%d bytes, gusts of %.0f %%: at most %v, in the end %v", sizes, 100*gusts, high, last)
			if high[len(high)/2] > 48 || last[len(last)/2] > 32 {
				t.Errorf("%d bytes, gusts of %.0f %%: at most %v in flight, in the end %v", sizes, 100*gusts, high, last)
			}
		}
	}
}

// A store that turns requests away has few in flight soon, and many again when it has recovered.
func TestThrottlingShrinksWhatIsInFlight(t *testing.T) {
	for seed := range seeds() {
		w := near
		w.latency = 0.05
		run := newTrial(w, seed)
		run.goodput(5)
		high := run.Limit()
		run.perSecond = 200
		run.goodput(15)
		low := run.Limit()
		run.perSecond = 0
		run.goodput(60)
		t.Logf("%d in flight, %d in the storm, %d after it", high, low, run.Limit())
		if high < 128 || low > 16 || run.Limit() < 128 {
			t.Errorf("seed %d: %d in flight, %d in the storm, %d after it", seed, high, low, run.Limit())
		}
	}
}

// Memory or descriptors that are short bound the climb at any time.
func TestBoundIsKept(t *testing.T) {
	w := near
	w.latency = 0.05
	run := newTrial(w, 1)
	run.goodput(2)
	if run.Limit() < 100 {
		t.Fatalf("%d in flight", run.Limit())
	}
	for now, bound := range []int{30, 5, 2, 12} {
		until := float64(3 + now)
		run.run(until, func() int {
			n := run.Look(run.at(), 0, bound)
			if n > bound {
				t.Fatalf("%d in flight, bound to %d", n, bound)
			}
			return n
		})
	}
}

// A store that answers nobody leaves the limit where it is.
func TestSilenceIsNoReasonToMove(t *testing.T) {
	tuner := New(start, most)
	for range start {
		tuner.Begin(0)
	}
	for i := range 10_000 {
		if n := tuner.Look(time.Duration(i)*20*time.Millisecond, 0, most); n != start {
			t.Fatalf("%d in flight", n)
		}
	}
}
