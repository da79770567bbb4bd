package bench

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// planned is an object that opens nothing.
func planned(partSize int64) func(Item) *object {
	return func(i Item) *object {
		o := &object{partSize: partSize}
		o.Size = i.Size
		o.parts = int(max(1, (i.Size+partSize-1)/partSize))
		if !o.whole() {
			o.opened = make(chan struct{})
		}
		return o
	}
}

// However short a measurement is, it is of the work as a whole: no flow is ahead by more than a unit.
func TestEveryFlowHasItsShareAtAnyTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		partSize := rapid.Int64Range(1, 1000).Draw(t, "part")
		var w Work
		var weights float64
		for range rapid.IntRange(1, 5).Draw(t, "flows") {
			f := Flow{Items: []Item{{Size: rapid.Int64Range(0, 10_000).Draw(t, "size")}}, Weight: rapid.Float64Range(0.1, 10).Draw(t, "weight")}
			w = append(w, f)
			weights += f.Weight
		}
		q := newQueue(w, math.MaxInt64, 4, planned(partSize))
		var all float64
		for range 200 {
			u, _ := q.next()
			all += float64(u.n) + perRequest
		}
		for i, f := range q.flows {
			if want := all * f.Weight / weights; math.Abs(f.given-want) > float64(len(w)*int(partSize+perRequest)) {
				t.Fatalf("flow %d of %v was given %v, want %v", i, w, f.given, want)
			}
		}
	})
}

func TestPartsMakeUpTheObject(t *testing.T) {
	q := newQueue(Objects(1001), math.MaxInt64, 3, planned(100))
	for range 3 {
		var at int64
		for number := 1; number <= 11; number++ {
			u, ok := q.next()
			if !ok || u.number != number || u.off != at || u.n > 100 {
				t.Fatalf("unit %+v, want number %d at %d", u, number, at)
			}
			at += u.n
		}
		if at != 1001 {
			t.Fatalf("the parts have %d bytes", at)
		}
	}
}

func TestObjectsAreOpenedAheadButNotAll(t *testing.T) {
	made := 0
	q := newQueue(Objects(200), math.MaxInt64, 8, func(i Item) *object {
		made++
		return planned(100)(i)
	})
	q.next()
	if made < 4 || made > 9 {
		t.Errorf("%d objects of 2 parts are open for 8 requests in flight", made)
	}
}

func TestQueueEndsBeforeTheBytesAreExceeded(t *testing.T) {
	q := newQueue(Objects(100), 350, 1, planned(1000))
	for range 3 {
		if _, ok := q.next(); !ok {
			t.Fatal("the queue ends too early")
		}
	}
	if _, ok := q.next(); ok {
		t.Error("the queue gives 400 of 350 bytes")
	}
}
