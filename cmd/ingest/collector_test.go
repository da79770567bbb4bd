package main

import (
	"runtime"
	"runtime/debug"
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
