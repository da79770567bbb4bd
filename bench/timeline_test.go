package bench

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// However requests overlap, what is sent is neither lost nor counted twice.
func TestTimelineKeepsWhatIsAdded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := timeline{slice: 10 * time.Millisecond, most: 100}
		var want float64
		for range rapid.IntRange(0, 20).Draw(t, "requests") {
			from := time.Duration(rapid.Int64Range(0, int64(900*time.Millisecond)).Draw(t, "from"))
			took := time.Duration(rapid.Int64Range(0, int64(99*time.Millisecond)).Draw(t, "took"))
			bytes := rapid.Float64Range(0, 1e9).Draw(t, "bytes")
			line.add(from, from+took, Amount{Bytes: bytes})
			want += bytes
		}
		var got float64
		for _, a := range line.between(0, time.Second) {
			got += a.Bytes
		}
		if math.Abs(got-want) > 1e-6*want {
			t.Fatalf("%v bytes, want %v", got, want)
		}
	})
}

func TestTimelineSpreadsALongRequestEvenly(t *testing.T) {
	line := timeline{slice: time.Second, most: 4}
	line.add(500*time.Millisecond, 10500*time.Millisecond, Amount{Bytes: 100})
	got := line.between(0, time.Minute)
	for i, want := range []float64{5, 10, 10, 10} { // the rest is beyond what is kept
		if math.Abs(got[i].Bytes-want) > 1e-9 {
			t.Errorf("slice %d: %v, want %v", i, got[i].Bytes, want)
		}
	}
	if part := line.between(500*time.Millisecond, 2900*time.Millisecond); len(part) != 1 {
		t.Errorf("%d slices lie wholly between 0.5 s and 2.9 s, want 1", len(part))
	}
}
