package hasher

import (
	"reflect"
	"unsafe"

	"github.com/zeebo/xxh3"
)

// An xxh3.Hasher takes its first Write straight from the caller's memory, but keeps the last bytes of it in a buffer
// of its own, as it must: they may be the end. From then on everything goes through that buffer, which makes XXH3
// and a CRC together a quarter slower. Where more bytes are known to follow, writeXXH3 therefore writes a little too
// much and takes the surplus back by emptying the buffer, so that the next Write is like the first.
const (
	xxh3Block   = 1024 // bytes that the Hasher takes at once
	xxh3Surplus = 65   // with fewer, it would keep back a block of what was to be taken
)

// xxh3Fill is where a Hasher counts the bytes in its buffer, or 0 if this version of it is not as described: then
// nothing is taken back.
var xxh3Fill = findXXH3Fill()

func findXXH3Fill() uintptr {
	f, ok := reflect.TypeFor[xxh3.Hasher]().FieldByName("len")
	if !ok || f.Type.Kind() != reflect.Uint64 {
		return 0
	}
	var sample [3*xxh3Block + xxh3Surplus]byte
	var h xxh3.Hasher
	writeAhead(&h, sample[:], xxh3Block, f.Offset)
	writeAhead(&h, sample[xxh3Block:], 2*xxh3Block, f.Offset)
	_, _ = h.Write(sample[3*xxh3Block:])
	if h.Sum64() != xxh3.Hash(sample[:]) {
		return 0
	}
	return f.Offset
}

// writeXXH3 adds the first n bytes of p to h. What p holds beyond is what will be written next.
func writeXXH3(h *xxh3.Hasher, p []byte, n int) {
	if xxh3Fill == 0 || n%xxh3Block != 0 || len(p) < n+xxh3Surplus || *fillOf(h, xxh3Fill) != 0 {
		_, _ = h.Write(p[:n])
		return
	}
	writeAhead(h, p, n, xxh3Fill)
}

func writeAhead(h *xxh3.Hasher, p []byte, n int, fill uintptr) {
	_, _ = h.Write(p[:n+xxh3Surplus])
	*fillOf(h, fill) = 0
}

func fillOf(h *xxh3.Hasher, offset uintptr) *uint64 {
	return (*uint64)(unsafe.Add(unsafe.Pointer(h), offset))
}
