package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// heapGoal is up to where the heap may grow before it is collected, in bytes. The parts in flight lie outside of it,
	// and what else lives is a few megabytes: with the runtime's default they are marked again for every four megabytes
	// of garbage, some 40 times for 20,000 objects, for a tenth of all processor time. It fits into atRest.
	heapGoal = 24 << 20

	// A heap that is larger than that, as of a manifest of millions of rows under check, is collected as usual.
	usualPercent = 100
	mostPercent  = 800
)

// relaxCollector has the heap collected when it has grown to heapGoal, and larger ones as usual, unless the
// environment says what is wanted. It looks after each collection how much lives.
func relaxCollector(getenv func(string) string) {
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(mostPercent)
	watch(collector{mostPercent, debug.SetGCPercent})
}

// collector is garbage as soon as it is made, so that its finalizer runs once in each collection. It holds a pointer,
// the function: small objects that hold none share their memory, and live as long as their neighbours do.
type collector struct {
	percent int
	set     func(percent int) int
}

func watch(c collector) { runtime.SetFinalizer(&c, (*collector).collected) }

func (c *collector) collected() {
	if p := percentFor(liveBytes()); p != c.percent {
		c.set(p)
		c.percent = p
	}
	watch(*c)
}

// percentFor is how much garbage may come to what lives before it is collected, in steps: to change it
// stops the world for a moment.
func percentFor(live uint64) int {
	const step = usualPercent / 2
	free := (heapGoal - int64(min(live, heapGoal))) * 100 / int64(max(live, 1))
	return int(min(max(free/step*step, usualPercent), mostPercent))
}

// liveBytes is what the last collection has left.
func liveBytes() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	if s[0].Value.Kind() != metrics.KindUint64 {
		return heapGoal
	}
	return s[0].Value.Uint64()
}
