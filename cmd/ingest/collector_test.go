package main

import (
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"time"
)

func TestLargeHeapIsCollectedAsUsual(t *testing.T) {
	for live, want := range map[uint64]int{
		0: mostPercent, 1 << 20: mostPercent, 4 << 20: 500, 8 << 20: 200, 12 << 20: usualPercent,
		32 << 20: usualPercent, 1 << 40: usualPercent,
	} {
		if got := percentFor(live); got != want {
			t.Errorf("%d bytes: %d, want %d", live, got, want)
		}
		if goal := live * uint64(100+want) / 100; want > usualPercent && goal > heapGoal {
			t.Errorf("%d bytes may grow to %d", live, goal)
		}
	}
}

func TestCollectorIsWhatTheEnvironmentSays(t *testing.T) {
	before := debug.SetGCPercent(77)
	defer debug.SetGCPercent(before)
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		relaxCollector(func(asked string) string { return map[string]string{name: "1"}[asked] })
		if got := debug.SetGCPercent(77); got != 77 {
			t.Errorf("%s is set, and the collector is set to %d", name, got)
		}
	}
}

// A heap that grows must not keep the freedom of a small one.
func TestGrownHeapTakesTheFreedomBack(t *testing.T) {
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	relaxCollector(func(string) string { return "" })
	grown := make([]byte, 3*heapGoal)
	defer runtime.KeepAlive(&grown)
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		runtime.GC()
		if got := debug.SetGCPercent(mostPercent); got == usualPercent {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("the collector still waits for eight times as much")
}

// Small objects without pointers share their memory: a collector that lay among them would live as long as they do, and
// nobody would look after a collection.
func TestCollectorLivesAloneAmongSmallObjects(t *testing.T) {
	const many = 64
	var heard atomic.Int64
	var neighbours []*byte
	for range many {
		neighbours = append(neighbours, new(byte))
		watch(collector{-1, func(int) int { return int(heard.Add(1)) }})
	}
	for deadline := time.Now().Add(10 * time.Second); heard.Load() < many && time.Now().Before(deadline); {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	if n := heard.Load(); n < many {
		t.Errorf("%d of %d have heard of a collection", n, many)
	}
	runtime.KeepAlive(neighbours)
}
