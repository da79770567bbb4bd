package tune

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// target is a simulated store, as seen by one who sends parts of a large file and small objects, a share of each.
type target struct {
	latency    float64 // seconds a request
	stream     float64 // bytes a second of one connection
	cap        float64 // bytes a second of all
	throttle   int     // parts in flight beyond which the store turns requests away; 0: none
	smallShare float64 // of the bytes, in objects of 64 KiB
	cpu        float64 // seconds a request, on one core
	noise      float64 // of a measurement, to either side
}

// speed is the truth.
func (s target) speed(p Point) float64 {
	size := float64(p.PartSize)
	if s.smallShare > 0 { // the harmonic mean of the two kinds of requests
		size = 1 / (s.smallShare/min(size, 64<<10) + (1-s.smallShare)/size)
	}
	rate := float64(p.Parallel) * size / (s.latency + size/s.stream)
	rate = min(rate, s.cap, size/s.cpu)
	if s.throttle > 0 && p.Parallel > s.throttle {
		rate *= float64(s.throttle) / float64(p.Parallel) // every request too many costs one that would have passed
	}
	return rate
}

// simulation is a Measure.
type simulation struct {
	target
	random *rand.Rand
	slices int // of a full measurement
}

func (s *simulation) measure(_ context.Context, p Point, effort float64) (Try, error) {
	truth := s.speed(p)
	drift := 1 + s.noise*(2*s.random.Float64()-1) // that of the try as a whole, however long it is
	t := Try{}
	for range max(2, int(math.Round(effort*float64(s.slices)))) {
		rate := truth * drift * (1 + 0.03*s.random.NormFloat64())
		t.Rates = append(t.Rates, max(0, rate))
	}
	t.Bytes = int64(truth * effort * 10)
	return t, nil
}

const mib = 1 << 20

// grids are those that a user has: with room for all, and on a machine with little memory.
func grids() map[string]Grid {
	all := Grid{PartSizes: Powers[int64](1*mib, 128*mib), Parallels: Powers(1, 256)}
	tight := all
	tight.Fits = func(p Point) bool { return p.cost() <= 512*mib || p.Parallel == 1 }
	few := Grid{PartSizes: Powers[int64](8*mib, 32*mib), Parallels: Powers(1, 256)}
	return map[string]Grid{"all": all, "tight": tight, "few part sizes": few}
}

func targets() map[string]target {
	all := map[string]target{}
	for _, ms := range []float64{0, 5, 50} {
		for _, noise := range []float64{0, 0.1} {
			base := target{latency: ms/1000 + 1e-5, stream: 100e6, cap: 10e9, cpu: 5e-5, noise: noise}
			name := fmt.Sprintf("%v ms, noise %v", ms, noise)
			all[name] = base
			add := func(what string, change func(*target)) {
				t := base
				change(&t)
				all[name+", "+what] = t
			}
			add("200 MB/s", func(t *target) { t.cap = 200e6 })
			add("throttled beyond 32", func(t *target) { t.throttle = 32 })
			add("throttled beyond 8", func(t *target) { t.throttle = 8 })
			add("mixed", func(t *target) { t.smallShare = 0.2 })
			add("mixed, 1 GB/s, throttled beyond 64", func(t *target) { t.smallShare, t.cap, t.throttle = 0.05, 1e9, 64 })
		}
	}
	return all
}

// wholeGrid is what it costs to measure all, and what there is to find.
func wholeGrid(g Grid, t target) (bytes, best float64) {
	for _, p := range g.Points() {
		bytes += t.speed(p) * 10
		best = max(best, t.speed(p))
	}
	return bytes, best
}

// The law of the package.
func TestFoundIsNearTheBestForAFewOfTheBytes(t *testing.T) {
	const seeds = 40
	for gridName, g := range grids() {
		for name, target := range targets() {
			bytes, best := wholeGrid(g, target)
			for seed := range uint64(seeds) {
				s := &simulation{target, rand.New(rand.NewPCG(seed, 7)), 20}
				o, err := Search(t.Context(), g, Point{16 * mib, 16}, s.measure)
				if err != nil {
					t.Fatal(err)
				}
				got, spent := target.speed(o.Best)/best, float64(o.Bytes)/bytes
				if got < 0.9 || spent > 0.25 {
					t.Errorf("%s, %s, seed %d: %v is %.0f %% of the best, for %.0f %% of the bytes (%d tries)",
						gridName, name, seed, o.Best, 100*got, 100*spent, len(o.Tries))
				}
			}
		}
	}
}
