package bench

import (
	"bytes"
	"compress/flate"
	"testing"
)

func TestMadeBytesCannotBeCompressed(t *testing.T) {
	data := make([]byte, 2<<20+5)
	newPattern().fill(data)
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestCompression)
	w.Write(data)
	w.Close()
	if packed.Len() < len(data) {
		t.Errorf("%d bytes become %d", len(data), packed.Len())
	}
}

// A store that keeps equal blocks once would be measured by what it does not do.
func TestMadeBytesNeverComeAgain(t *testing.T) {
	p, seen := newPattern(), map[[64]byte]bool{}
	for _, size := range []int{64, 100, blockSize, 3*blockSize + 64, 64, 64} {
		data := make([]byte, size)
		p.fill(data)
		for ; len(data) >= 64; data = data[64:] {
			block := [64]byte(data)
			if seen[block] {
				t.Fatal("64 bytes come again")
			}
			seen[block] = true
		}
	}
}

func TestFillReachesTheLastByte(t *testing.T) {
	p := newPattern()
	for size := range 70 {
		changed := make([]bool, size)
		for range 20 { // that a random byte is zero 20 times does not happen
			data := make([]byte, size)
			p.fill(data)
			for i, b := range data {
				changed[i] = changed[i] || b != 0
			}
		}
		for i, c := range changed {
			if !c {
				t.Fatalf("byte %d of %d stays as it was", i, size)
			}
		}
	}
}

func BenchmarkFill(b *testing.B) {
	p, data := newPattern(), make([]byte, 16<<20)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		p.fill(data)
	}
}
