package hasher

import (
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
)

// guarded returns pages of memory with a page on each side that must not be touched. The one behind lies within the
// capacity of what is returned.
func guarded(t *testing.T, pages int) []byte {
	t.Helper()
	size := os.Getpagesize()
	all, err := syscall.Mmap(-1, 0, (pages+2)*size, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Munmap(all) })
	memory := all[size : (pages+1)*size]
	copy(memory, pattern(len(memory)))
	for _, guard := range [][]byte{all[:size], all[(pages+1)*size:]} {
		if err := syscall.Mprotect(guard, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return memory
}

// A mapped file ends where its last page ends, or what was mapped of it. One byte read too many is a fault.
func TestECMAReadsNothingBesideItsBytes(t *testing.T) {
	memory := guarded(t, 2)
	eachWay(t, func(t *testing.T, update func(uint64, []byte) uint64) {
		for n := range min(len(memory), 3000) + 1 {
			mustEqualTable(t, update, ^uint64(n), memory[:n])
			mustEqualTable(t, update, ^uint64(n), memory[len(memory)-n:])
		}
	})
}

// A mapped file that shrinks faults in the middle of a kernel. The fault must come out as a panic, and the next sum
// must be right.
func TestECMAFaultIsAPanic(t *testing.T) {
	memory := guarded(t, 2)
	eachWay(t, func(t *testing.T, update func(uint64, []byte) uint64) {
		for _, n := range []int{1, 16, 100, 600, 5000} {
			if err := fault(update, memory[len(memory)-n:cap(memory)-1]); err == nil {
				t.Errorf("%d bytes before the end: no fault", n)
			}
			mustEqualTable(t, update, 0, memory)
		}
	})
}

func fault(update func(uint64, []byte) uint64, p []byte) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { err, _ = recover().(runtime.Error) }()
	update(0, p)
	return nil
}
