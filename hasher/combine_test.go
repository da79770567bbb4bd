package hasher

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

var combining = []Algorithm{CRC64ECMA, CRC64NVME, CRC32C}

func TestCombineEqualsWhole(t *testing.T) {
	data := pattern(100_000)
	rapid.Check(t, func(t *rapid.T) {
		end := rapid.IntRange(0, len(data)).Draw(t, "end")
		cut := rapid.IntRange(0, end).Draw(t, "cut")
		first, second, whole := Sum(data[:cut], all), Sum(data[cut:end], all), Sum(data[:end], all)
		for _, a := range combining {
			got, err := Combine(first.Get(a), second.Get(a), int64(end-cut))
			if err != nil || got != whole.Get(a) {
				t.Fatalf("%v, %v, want %v", got, err, whole.Get(a))
			}
		}
	})
}

func TestWholeOfAnyParts(t *testing.T) {
	data := pattern(50_000)
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SampledFrom(combining).Draw(t, "algorithm")
		sizes := rapid.SliceOfN(rapid.SampledFrom([]int{0, 1, 1024, 1024, 1024, 4097}), 1, 10).Draw(t, "sizes")
		var w Whole
		end := 0
		for _, n := range sizes {
			if err := w.Add(Sum(data[end:end+n], SetOf(a)).Get(a), int64(n)); err != nil {
				t.Fatal(err)
			}
			end += n
		}
		if want := Sum(data[:end], SetOf(a)).Get(a); w.Sum() != want {
			t.Fatalf("%v, want %v", w.Sum(), want)
		}
	})
}

// A hole of terabytes is no reason to read it: its CRC follows from that of one byte.
func TestCombineOverHugeRanges(t *testing.T) {
	for _, a := range combining {
		zero := Sum([]byte{0}, SetOf(a)).Get(a)
		doubled, size := zero, int64(1)
		for size < 1<<46 {
			var err error
			if doubled, err = Combine(doubled, doubled, size); err != nil {
				t.Fatal(err)
			}
			size *= 2
		}
		// The same bytes cut elsewhere.
		head, _ := Combine(zero, zero, 1)
		tail, err := Combine(doubled, head, 2)
		if err != nil {
			t.Fatal(err)
		}
		other, err := Combine(head, doubled, size)
		if err != nil || other != tail {
			t.Errorf("%s: %v and %v, %v", a, tail, other, err)
		}
		if _, err := Combine(zero, zero, math.MaxInt64); err != nil {
			t.Error(err)
		}
	}
}

func TestCombineRefusesWhatDoesNotCombine(t *testing.T) {
	sums := Sum([]byte("x"), all)
	for _, c := range []struct {
		name          string
		first, second Checksum
		n             int64
	}{
		{"different algorithms", sums.Get(CRC64ECMA), sums.Get(CRC64NVME), 1},
		{"a second that is not known", sums.Get(CRC64ECMA), Checksum{}, 1},
		{"a first that is not known", Checksum{}, sums.Get(CRC64ECMA), 1},
		{"two that are not known", Checksum{}, Checksum{}, 1},
		{"xxh3", sums.Get(XXH3), sums.Get(XXH3), 1},
		{"md5", sums.Get(MD5), sums.Get(MD5), 1},
		{"sha256", sums.Get(SHA256), sums.Get(SHA256), 1},
		{"a negative length", sums.Get(CRC32C), sums.Get(CRC32C), -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Combine(c.first, c.second, c.n)
			if !errors.Is(err, ErrNotCombining) || !got.IsZero() {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

// A whole with a part missing must never be taken for the whole.
func TestWholeStaysUnknownAfterAMissingPart(t *testing.T) {
	c := Sum([]byte("x"), all).Get(CRC64NVME)
	var w Whole
	if err := w.Add(c, 1); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Add(Checksum{}, 1); !errors.Is(err, ErrNotCombining) {
			t.Errorf("Add of no checksum: %v", err)
		}
	}
	if err := w.Add(c, 1); !errors.Is(err, ErrNotCombining) {
		t.Errorf("Add after a missing part: %v", err)
	}
	if !w.Sum().IsZero() {
		t.Errorf("Sum after a missing part: %v", w.Sum())
	}
}

func TestWholeOfNothingAndOfOne(t *testing.T) {
	var none, one, missing Whole
	if !none.Sum().IsZero() {
		t.Errorf("Sum of nothing: %v", none.Sum())
	}
	c := Sum([]byte("x"), all).Get(MD5)
	if err := one.Add(c, 1); err != nil || one.Sum() != c {
		t.Errorf("one part: %v, %v", one.Sum(), err)
	}
	if err := one.Add(c, 1); !errors.Is(err, ErrNotCombining) {
		t.Errorf("two parts of md5: %v", err)
	}
	if err := missing.Add(Checksum{}, 1); !errors.Is(err, ErrNotCombining) {
		t.Errorf("first part not known: %v", err)
	}
}
