package bench

import (
	"math"
	"math/rand/v2"
	"testing"
)

// covered is the share of series whose interval holds the true mean of 100.
func covered(seed uint64, n int, alike float64) float64 {
	const series = 2000
	random := rand.New(rand.NewPCG(seed, 1))
	hits := 0
	for range series {
		samples, noise := make([]float64, n), random.NormFloat64()
		for i := range samples {
			noise = alike*noise + math.Sqrt(1-alike*alike)*random.NormFloat64()
			samples[i] = 100 + 10*noise
		}
		if e := EstimateOf(samples); math.Abs(e.Mean-100) <= e.Half {
			hits++
		}
	}
	return float64(hits) / series
}

func TestIntervalHoldsTheTruthAsOftenAsItSays(t *testing.T) {
	for seed := range uint64(3) {
		for _, n := range []int{3, 10, 20, 60} {
			if got := covered(seed, n, 0); got < 0.93 {
				t.Errorf("%d samples: the truth is in %.1f %% of the intervals", n, 100*got)
			}
		}
		if got := covered(seed, 40, 0.5); got < 0.88 { // 74 % for who takes them for independent
			t.Errorf("samples like their neighbours: the truth is in %.1f %% of the intervals", 100*got)
		}
	}
}

func TestEstimateOfLittle(t *testing.T) {
	if e := EstimateOf(nil); e.Within(1) || !math.IsInf(e.Half, 1) {
		t.Errorf("of nothing: %+v", e)
	}
	if e := EstimateOf([]float64{7}); e.Mean != 7 || e.Within(1) {
		t.Errorf("of one: %+v", e)
	}
	if e := EstimateOf([]float64{7, 7, 7}); e.Mean != 7 || e.Half != 0 || !e.Within(0) {
		t.Errorf("of the same: %+v", e)
	}
}

func TestGainIsTheQuotientWithBothDoubts(t *testing.T) {
	g := Estimate{200, 20, 20}.Over(Estimate{100, 5, 20})
	if g.Mean != 2 || math.Abs(g.Half-2*math.Hypot(0.1, 0.05)) > 1e-9 {
		t.Errorf("got %+v", g)
	}
}
