package reader

import (
	"testing"
	"unsafe"
)

func get(t *testing.T, b *buffers, n int) []byte {
	t.Helper()
	m, err := b.get(kernel{}, n)
	must(t, err)
	if len(m) < n {
		t.Fatalf("%d bytes for %d", len(m), n)
	}
	return m
}

func TestLatestBufferIsTheFirstOut(t *testing.T) {
	var b buffers
	defer b.close()
	first, second := get(t, &b, 1), get(t, &b, smallest)
	b.put(first)
	b.put(second)
	if unsafe.SliceData(get(t, &b, 100)) != unsafe.SliceData(second) {
		t.Error("the buffer that is likely to be in the cache was left")
	}
	if unsafe.SliceData(get(t, &b, 100)) != unsafe.SliceData(first) {
		t.Error("a free buffer was not used")
	}
	freeMemory(first)
	freeMemory(second)
}

func TestLargeBufferIsFoundBelowSmallOnes(t *testing.T) {
	var b buffers
	defer b.close()
	large, small := get(t, &b, 10*smallest), get(t, &b, 1)
	b.put(large)
	b.put(small)
	if got := get(t, &b, 9*smallest); unsafe.SliceData(got) != unsafe.SliceData(large) {
		t.Error("a new buffer was made while one was free")
	}
	freeMemory(large)
}

// Otherwise a run over parts of growing sizes would hold a buffer of each.
func TestTooSmallBufferIsDroppedForALargerOne(t *testing.T) {
	var b buffers
	defer b.close()
	for n := 1; n <= 64*smallest; n *= 2 {
		b.put(get(t, &b, n))
		if len(b.free) != 1 {
			t.Fatalf("%d buffers for one chunk at a time", len(b.free))
		}
	}
	if len(b.free[0]) != 64*smallest {
		t.Errorf("%d bytes", len(b.free[0]))
	}
}

func TestClassesHoldWhatWasAskedFor(t *testing.T) {
	for n, want := range map[int]int{
		1: smallest, smallest: smallest, smallest + 1: 2 * smallest, 16 << 20: 16 << 20, 16<<20 + 1: 32 << 20,
	} {
		if got := class(n); got != want {
			t.Errorf("%d: %d, want %d", n, got, want)
		}
	}
}

func TestClosedListKeepsNothing(t *testing.T) {
	var b buffers
	idle, out := get(t, &b, 1), get(t, &b, 1)
	b.put(idle)
	b.close()
	b.put(out)
	if len(b.free) != 0 {
		t.Errorf("%d buffers are kept", len(b.free))
	}
}

func TestReadingAllocatesAChunkAndNoBuffer(t *testing.T) {
	r := New(Options{Mode: Pread})
	defer r.Close()
	s := open(t, r, write(t, pattern(1<<20)))
	if allocs := testing.AllocsPerRun(20, func() {
		c, err := s.Read(t.Context(), 0, 1<<20)
		must(t, err)
		c.Release()
	}); allocs > 3 {
		t.Errorf("%v allocations", allocs)
	}
}
