package journal

import (
	"path/filepath"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// shapes are journals of many records.
var shapes = map[string]func(*encoder, []byte, int64) []byte{
	"outcomes": manyOutcomes,
	"parts":    manyParts,
	"failures": manyFailures,
}

// manyFailures settles every row twice, in vain at first.
func manyFailures(e *encoder, b []byte, i int64) []byte {
	if i%2 == 0 {
		return e.record(b, outcome(i/2, Done))
	}
	return e.record(b, outcome(i/2+1, Failed))
}

// A journal of 10 million records opens, and tells its outcomes, in 32 MiB: what it takes does not grow with its length
// but for a few bits a row.
func TestTortureLongJournalOpensInLittleMemory(t *testing.T) {
	l := newLab(t)
	n, limit := int64(50_000), uint64(24<<20)
	if l.long > 0 {
		n, limit = 10_000_000, 32<<20
	}
	for name, record := range shapes {
		l.openLong(name, n, limit, record)
	}
}

func (l *lab) openLong(name string, n int64, limit uint64, record func(*encoder, []byte, int64) []byte) {
	path := filepath.Join(l.t.TempDir(), name)
	bulk(l.t, path, n, record)
	defer debug.SetGCPercent(debug.SetGCPercent(20)) // so that what is in use is close to what is needed
	runtime.GC()
	base, peak := inUse(), uint64(0)
	began := time.Now()
	j, state := open(l.t, path, Options{})
	opened := time.Since(began)
	peak = max(peak, inUse())
	o, err := j.Outcomes(l.t.Context(), n)
	must(l.t, err)
	for row := int64(1); row <= n; row++ {
		if _, ok, err := o.Get(row); err != nil || ok != state.Done.Contains(uint32(row)) {
			l.t.Fatalf("row %d: %v %v", row, ok, err)
		}
		if row%4096 == 0 {
			peak = max(peak, inUse())
		}
	}
	must(l.t, o.Close())
	must(l.t, j.Remove())
	l.t.Logf("%s: %d records open in %v, all outcomes in %v more, in %.1f MiB", name, n,
		opened.Round(time.Millisecond), (time.Since(began) - opened).Round(time.Millisecond), float64(peak-min(base, peak))/(1<<20))
	if peak > base+limit {
		l.t.Errorf("%s: %d bytes in use, %d before", name, peak, base)
	}
}

func inUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
