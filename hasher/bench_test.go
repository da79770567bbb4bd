package hasher

import (
	"fmt"
	"testing"
)

// Each algorithm alone, and the pairs that are taken of every part, over a small file and over a part that no
// cache holds. To compare with: the sum of the two alone. The law: both in one pass cost less than one after the other.
func BenchmarkSum(b *testing.B) {
	sets := [][]Algorithm{
		{XXH3}, {CRC64ECMA}, {CRC64NVME}, {CRC32C}, {MD5}, {SHA256},
		{XXH3, CRC64ECMA}, {XXH3, CRC64NVME}, {XXH3, CRC32C}, {XXH3, CRC64NVME, MD5},
	}
	for _, size := range []int{16 << 10, 16 << 20} {
		data := pattern(size)
		for _, set := range sets {
			b.Run(fmt.Sprintf("%dKiB/%v", size>>10, set), func(b *testing.B) {
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					Sum(data, SetOf(set...))
				}
			})
		}
	}
}

// The stream that a manifest or a store's answer comes in: writes of 64 KiB.
func BenchmarkDigest(b *testing.B) {
	data := pattern(64 << 10)
	d := NewDigest(SetOf(XXH3, CRC64NVME))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		_, _ = d.Write(data)
	}
}

// The law: the checksum of a part joins that of the whole in a time that its bytes have no share in.
func BenchmarkCombine(b *testing.B) {
	for _, a := range []Algorithm{CRC64ECMA, CRC64NVME, CRC32C} {
		c := FromUint64(a, 0x12345678)
		b.Run(a.String(), func(b *testing.B) {
			for b.Loop() {
				_, _ = Combine(c, c, 16<<20-1)
			}
		})
	}
}

// The law: parts of one size, which is nearly all of them, cost a twentieth of that.
func BenchmarkWholeOfEqualParts(b *testing.B) {
	var w Whole
	c := FromUint64(CRC64ECMA, 0x12345678)
	for b.Loop() {
		_ = w.Add(c, 16<<20)
	}
}

func pattern(n int) []byte {
	b := make([]byte, n)
	x := uint64(42)
	for i := range b {
		x = x*6364136223846793005 + 1442695040888963407
		b[i] = byte(x >> 56)
	}
	return b
}
