package tune

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

var sixteen = Point{16 * mib, 16}

func simulate(t target, seed uint64) *simulation {
	return &simulation{t, rand.New(rand.NewPCG(seed, 7)), 20}
}

var far = target{latency: 0.05, stream: 100e6, cap: 10e9, cpu: 5e-5, noise: 0.1}

func TestInterruptedSearchTellsTheBestSoFar(t *testing.T) {
	stop := errors.New("signal")
	for after := range 20 {
		s, n := simulate(far, 1), 0
		o, err := Search(t.Context(), grids()["all"], sixteen, func(ctx context.Context, p Point, effort float64) (Try, error) {
			if n++; n > after {
				return Try{}, stop
			}
			return s.measure(ctx, p, effort)
		})
		if !errors.Is(err, stop) || n != after+1 || len(o.Tries) != after {
			t.Fatalf("after %d: error %v, measured %d times, %d tries", after, err, n, len(o.Tries))
		}
		if _, measured := o.Cells[o.Best]; !measured && (after > 0 || o.Best != sixteen) {
			t.Errorf("after %d: %v was never measured", after, o.Best)
		}
	}
}

// Who gives the same answers gets the same search.
func TestSearchRepeatsItself(t *testing.T) {
	first, _ := Search(t.Context(), grids()["all"], sixteen, simulate(far, 3).measure)
	second, _ := Search(t.Context(), grids()["all"], sixteen, simulate(far, 3).measure)
	if !reflect.DeepEqual(first, second) {
		t.Error("two searches with the same answers differ")
	}
}

func TestNothingIsMeasuredThatHasNoRoom(t *testing.T) {
	g := grids()["tight"]
	for name, target := range targets() {
		o, err := Search(t.Context(), g, Point{128 * mib, 256}, simulate(target, 1).measure)
		if err != nil || len(o.Tries) == 0 {
			t.Fatal(name, err)
		}
		for _, try := range o.Tries {
			if !g.fits(try.Point) || !slices.Contains(g.Points(), try.Point) {
				t.Errorf("%s: %v was measured", name, try.Point)
			}
		}
	}
}

func TestGridOfOneSetting(t *testing.T) {
	g := Grid{PartSizes: []int64{mib}, Parallels: []int{4}}
	o, err := Search(t.Context(), g, sixteen, simulate(far, 1).measure)
	if err != nil || o.Best != (Point{mib, 4}) || o.Gain().Mean != 1 || o.Certain() {
		t.Errorf("best %v, gain %v, %v", o.Best, o.Gain(), err)
	}
}

// Where everything is as fast, less memory is better, and no gain is claimed.
func TestPlateauIsLeftAtItsCheapEnd(t *testing.T) {
	flat := target{stream: 1e12, cap: 200e6, latency: 1e-9}
	for seed := range uint64(20) {
		o, _ := Search(t.Context(), grids()["all"], sixteen, simulate(flat, seed).measure)
		if o.Best.cost() > o.Start.cost() {
			t.Errorf("seed %d: %v for nothing", seed, o.Best)
		}
		if g := o.Gain(); g.Mean > 1.1 {
			t.Errorf("seed %d: a gain of %v is claimed where there is none", seed, g)
		}
	}
}

func TestGainIsClaimedWhereThereIsOne(t *testing.T) {
	o, _ := Search(t.Context(), grids()["all"], sixteen, simulate(far, 1).measure)
	truth := far.speed(o.Best) / far.speed(o.Start)
	if g := o.Gain(); !o.Certain() || g.Mean < 0.8*truth || g.Mean > 1.2*truth {
		t.Errorf("gain %v, the truth is %v", g, truth)
	}
}

func TestPowersCoverTheRange(t *testing.T) {
	for _, c := range []struct {
		from, to int
		want     []int
	}{{1, 9, []int{1, 2, 4, 8}}, {5, 16, []int{8, 16}}, {100, 100, []int{128}}, {1, 1, []int{1}}} {
		if got := Powers(c.from, c.to); !slices.Equal(got, c.want) {
			t.Errorf("from %d to %d: %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

func TestNearestIsOfTheGridAndHasRoom(t *testing.T) {
	g := Grid{PartSizes: []int64{8, 16, 32}, Parallels: []int{1, 2, 4}, Fits: func(p Point) bool { return p.cost() <= 32 }}
	for wish, want := range map[Point]Point{{16, 2}: {16, 2}, {20, 3}: {16, 2}, {1, 1}: {8, 1}, {99, 99}: {32, 1}, {16, 4}: {16, 2}} {
		if got := g.Nearest(wish); got != want {
			t.Errorf("nearest to %v: %v, want %v", wish, got, want)
		}
	}
}
