package bench

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever is added, a quantile is that of the sorted list, off by at most 1/64.
func TestQuantilesAreThoseOfTheList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Int64Range(0, math.MaxInt64>>rapid.IntRange(0, 60).Draw(t, "shift")), 1, 200).Draw(t, "list")
		q := rapid.Float64Range(0, 1).Draw(t, "q")
		var s Sketch
		for _, v := range list {
			s.Add(time.Duration(v))
		}
		slices.Sort(list)
		want := list[max(0, int(math.Ceil(q*float64(len(list))))-1)]
		if got := int64(s.Quantile(q)); math.Abs(float64(got)-float64(want)) > float64(want)/64 {
			t.Fatalf("quantile %v of %v: %d, want %d", q, list, got, want)
		}
		if s.Count() != int64(len(list)) || int64(s.Max()) != list[len(list)-1] {
			t.Fatalf("count %d, max %d", s.Count(), s.Max())
		}
	})
}

func TestSketchOfNothingAndOfLessThanNothing(t *testing.T) {
	var s Sketch
	if s.Quantile(0.5) != 0 || s.Max() != 0 {
		t.Error("an empty sketch says something")
	}
	s.Add(-time.Second) // clocks step back
	if s.Quantile(1) != 0 || s.Sum() != 0 || s.Count() != 1 {
		t.Error("a time below zero does not count as zero")
	}
}
