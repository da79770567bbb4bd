package tune

import (
	"cmp"
	"context"
	"slices"

	"github.com/ingest-dev/ingest/bench"
)

// Try is one measurement of a setting.
type Try struct {
	Point
	Effort float64   // as a share of a full one
	Rates  []float64 // samples of the speed, in any unit, which follow each other; each of the same time in all tries
	Bytes  int64     // sent for it
}

// Speed is what the try alone says.
func (t Try) Speed() bench.Estimate { return bench.EstimateOf(t.Rates) }

// Measure measures a setting. The effort is the time that it may take as a share of a full measurement's.
type Measure func(ctx context.Context, p Point, effort float64) (Try, error)

// The efforts, as shares of a full measurement, and how many settings are measured again. They are held by the
// simulations in law_test.go: with less the best is missed where measurements are noisy, more costs bytes and finds
// nothing better. Many short looks beat few long ones where a store's speed drifts.
const (
	brief = 0.05 // to see where it goes up
	again = 0.06 // to choose among the best
	final = 0.25 // to say how good it is

	rounds        = 3
	semifinalists = 4
	finalists     = 2

	better = 0.03 // by which share a setting must be faster to be worth going on in its direction
	behind = 0.3  // by which share one may be slower at first sight and yet be the best
	level  = 0.1  // within which share a line is taken for a plateau
	alike  = 0.03 // within which share the cheaper of two is taken
)

// Outcome is what a search found.
type Outcome struct {
	Start, Best Point
	Tries       []Try                    // in their order
	Cells       map[Point]bench.Estimate // of all that was measured
	Bytes       int64
}

// Gain is the speed of the best in relation to that of the start: 1 is as fast.
func (o *Outcome) Gain() bench.Estimate {
	if o.Best == o.Start {
		return bench.Estimate{Mean: 1, N: o.Cells[o.Best].N}
	}
	return o.Cells[o.Best].Over(o.Cells[o.Start])
}

// Certain reports whether the best is faster than the start with 95 % confidence.
func (o *Outcome) Certain() bool {
	g := o.Gain()
	return g.Mean-g.Half > 1
}

// Search returns the best setting of the grid, as far as it was found until an error, which is measure's. The outcome
// is never nil; its Best is the start if nothing was measured.
func Search(ctx context.Context, g Grid, start Point, measure Measure) (*Outcome, error) {
	s := &search{grid: g, known: map[Point][]float64{}, trusted: map[Point]float64{}}
	s.measure = func(p Point, effort float64) (Try, error) { return measure(ctx, p, effort) }
	s.Start = g.Nearest(start)
	s.run()
	s.Cells = map[Point]bench.Estimate{}
	for p, rates := range s.known {
		s.Cells[p] = bench.EstimateOf(rates)
	}
	if s.Best = s.Start; len(s.known) > 0 {
		s.Best = s.choose(s.ranked(len(s.known)))
	}
	return &s.Outcome, s.err
}

// search is a search that goes on. Once measuring has failed, it measures no more, and every setting is as good as it
// was.
type search struct {
	Outcome
	grid    Grid
	measure func(p Point, effort float64) (Try, error)
	known   map[Point][]float64
	trusted map[Point]float64 // the largest effort
	err     error
}

func (s *search) run() {
	if s.ascend(s.Start); len(s.known) == 0 {
		return
	}
	for range rounds { // what is measured again may turn out worse than what lies beside it
		s.repeat(s.ranked(semifinalists), again)
		s.ascend(s.ranked(1)[0])
	}
	s.repeat(append(s.ranked(finalists), s.Start), final)
}

// ascend climbs along one axis and the other until that leads to nothing new.
func (s *search) ascend(at Point) {
	for tries := -1; tries < len(s.Tries) && s.err == nil; {
		tries = len(s.Tries)
		at = s.climb(s.grid.acrossParallel(at), at)
		at = s.climb(s.grid.acrossPartSize(at), at)
	}
}

// climb returns the best of a line, starting at a point of it: first in steps of two cells, then of one. Of a plateau
// it returns the cheap end: with fewer parts in flight than the store bears, larger ones may still help.
func (s *search) climb(line []Point, from Point) Point {
	at := slices.Index(line, from)
	for stride := 2; stride > 0; stride-- {
		up := s.walk(line, at, stride)
		if up == at {
			up = s.walk(line, at, -stride)
		}
		at = up
	}
	best := line[at]
	for _, p := range line {
		if _, known := s.known[p]; known && p.cost() < best.cost() && s.value(p) >= (1-level)*s.value(line[at]) {
			best = p
		}
	}
	return best
}

// walk goes in one direction as long as it gets better.
func (s *search) walk(line []Point, at, stride int) int {
	for {
		next := min(max(at+stride, 0), len(line)-1)
		if next == at || s.value(line[next]) <= (1+better)*s.value(line[at]) {
			return at
		}
		at = next
	}
}

// value is the speed of a setting, which is measured if it was not.
func (s *search) value(p Point) float64 {
	if _, known := s.known[p]; !known {
		s.try(p, brief)
	}
	return bench.EstimateOf(s.known[p]).Mean
}

func (s *search) try(p Point, effort float64) {
	if s.err != nil {
		return
	}
	t, err := s.measure(p, effort)
	s.err = err
	if len(t.Rates) == 0 {
		return
	}
	t.Point, t.Effort = p, effort
	s.Tries = append(s.Tries, t)
	s.Bytes += t.Bytes
	s.known[p] = append(s.known[p], t.Rates...)
	s.trusted[p] = max(s.trusted[p], effort)
}

// repeat measures settings once more, each once.
func (s *search) repeat(points []Point, effort float64) {
	for i, p := range points {
		if !slices.Contains(points[:i], p) {
			s.try(p, effort)
		}
	}
}

// ranked returns the n best of what was measured, without those that are far behind the first.
func (s *search) ranked(n int) []Point {
	var all []Point
	for p := range s.known {
		all = append(all, p)
	}
	all = s.sorted(all)
	least := (1 - behind) * s.value(all[0])
	all = all[:min(n, len(all))]
	return slices.DeleteFunc(all, func(p Point) bool { return s.value(p) < least })
}

// sorted sorts settings, the fastest first. Of equals the cheaper comes first, so that a search repeats itself.
func (s *search) sorted(points []Point) []Point {
	slices.SortFunc(points, func(a, b Point) int {
		return cmp.Or(cmp.Compare(s.value(b), s.value(a)), cmp.Compare(a.cost(), b.cost()), cmp.Compare(a.PartSize, b.PartSize))
	})
	return points
}

// choose returns the cheapest of the settings, best first, that were measured best and are as fast as the first of
// them.
func (s *search) choose(points []Point) Point {
	most := 0.0
	for _, effort := range s.trusted {
		most = max(most, effort)
	}
	points = slices.DeleteFunc(points, func(p Point) bool { return s.trusted[p] < most })
	best, least := points[0], (1-alike)*s.value(points[0])
	for _, p := range points[1:] {
		if s.value(p) >= least && p.cost() < best.cost() {
			best = p
		}
	}
	return best
}
