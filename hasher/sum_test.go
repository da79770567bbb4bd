package hasher

import (
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"hash/crc64"
	"math/bits"
	"sync"
	"testing"

	"github.com/minio/crc64nvme"
	"github.com/zeebo/xxh3"
	"pgregory.net/rapid"
)

var all = SetOf(XXH3, CRC64ECMA, CRC64NVME, CRC32C, MD5, SHA256)

// Values that other programs agree on; those of "123456789" are the check values of the CRC catalogue.
func TestKnownValues(t *testing.T) {
	for input, values := range map[string][]string{
		"": {
			"xxh3:2d06800538d394c2", "crc64ecma:0000000000000000", "crc64nvme:0000000000000000", "crc32c:00000000",
			"md5:d41d8cd98f00b204e9800998ecf8427e",
			"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		},
		"123456789": {
			"crc64ecma:995dc9bbdf1939fa", "crc64nvme:ae8b14860a799888", "crc32c:e3069283",
			"md5:25f9e794323b453885f5181f1b624d0b",
			"sha256:15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
		},
	} {
		sums := Sum([]byte(input), all)
		for _, v := range values {
			want, err := Parse(v)
			if err != nil {
				t.Fatal(err)
			}
			if got := sums.Get(want.Algorithm); got != want {
				t.Errorf("%q: %s, want %s", input, got, want)
			}
		}
	}
}

// oracle takes every checksum with the function of its own library, over the whole at once.
func oracle(b []byte) map[Algorithm]Checksum {
	m, s := md5.Sum(b), sha256.Sum256(b)
	want := map[Algorithm]Checksum{
		XXH3:      FromUint64(XXH3, xxh3.Hash(b)),
		CRC64ECMA: FromUint64(CRC64ECMA, crc64.Checksum(b, crc64.MakeTable(crc64.ECMA))),
		CRC64NVME: FromUint64(CRC64NVME, crc64nvme.Checksum(b)),
		CRC32C:    FromUint64(CRC32C, uint64(crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))),
	}
	want[MD5], _ = FromBytes(MD5, m[:])
	want[SHA256], _ = FromBytes(SHA256, s[:])
	return want
}

func mustEqualOracle(t interface{ Fatalf(string, ...any) }, what string, s Sums, b []byte, set Set) {
	for a, want := range oracle(b) {
		if !set.Has(a) {
			want = Checksum{}
		}
		if got := s.Get(a); got != want {
			t.Fatalf("%s of %d bytes: %s, want %s", what, len(b), got, want)
		}
	}
}

// Where a block ends, where XXH3 changes its method, and where the bytes that follow a block are just enough, or
// just too few, to be written ahead.
func TestSumAtEveryEdge(t *testing.T) {
	data := pattern(3*block + 5000)
	for _, base := range []int{0, 16, 128, 240, 1024, block, 2 * block, 3 * block} {
		for _, d := range []int{-1088, -1025, -65, -64, -1, 0, 1, 63, 64, 65, 66, 1023, 1024, 1087, 1088, 1089} {
			if n := base + d; n >= 0 {
				mustEqualOracle(t, "Sum", Sum(data[:n], all), data[:n], all)
			}
		}
	}
}

// One set's digest is reused for another set: nothing of the first may be left.
func TestSumOfAnySet(t *testing.T) {
	data := pattern(2*block + 77)
	for s := range all + 1 {
		mustEqualOracle(t, fmt.Sprintf("set %b", s), Sum(data, s), data, s&all)
	}
}

func TestDigestDoesNotDependOnTheWrites(t *testing.T) {
	data := pattern(3*block + 12345)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, len(data)).Draw(t, "length")
		d := NewDigest(all)
		for rest := data[:n]; len(rest) > 0; {
			k := rapid.IntRange(0, len(rest)).Draw(t, "write")
			if w, err := d.Write(rest[:k]); w != k || err != nil {
				t.Fatalf("Write of %d: %d, %v", k, w, err)
			}
			d.Sums() // taking the sums in between changes nothing
			rest = rest[k:]
			if rapid.Bool().Draw(t, "finish") {
				_, _ = d.Write(rest)
				break
			}
		}
		mustEqualOracle(t, "Digest", d.Sums(), data[:n], all)
	})
}

// The shortcut into xxh3.Hasher must be found in the version that is built in, and its absence must only cost time.
func TestXXH3WithAndWithoutWritingAhead(t *testing.T) {
	if xxh3Fill == 0 {
		t.Error("xxh3.Hasher is not as expected: Sum works, but slower")
	}
	defer func(was uintptr) { xxh3Fill = was }(xxh3Fill)
	xxh3Fill = 0
	data := pattern(3*block + 100)
	mustEqualOracle(t, "Sum", Sum(data, all), data, all)
}

// Digests are shared between the goroutines that call Sum.
func TestSumConcurrently(t *testing.T) {
	data := pattern(2*block + 1)
	want := Sum(data, all)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10 {
				if Sum(data, all) != want {
					t.Error("another goroutine's bytes got in")
				}
			}
		})
	}
	wg.Wait()
}

func TestSumAllocatesNothing(t *testing.T) {
	for _, n := range []int{0, 1, 16 << 10, block, block + 1, 4 * block} {
		data := pattern(n)
		for _, set := range []Set{SetOf(XXH3), SetOf(XXH3, CRC64ECMA), SetOf(XXH3, CRC64NVME), all} {
			if allocs := testing.AllocsPerRun(20, func() { Sum(data, set) }); allocs != 0 && !raceDetector {
				t.Errorf("%d bytes, set %b: %v allocations", n, set, allocs)
			}
		}
	}
}

func TestSetIgnoresWhatIsNoAlgorithm(t *testing.T) {
	if s := SetOf(None, Algorithm(7), Algorithm(15), Algorithm(200)); s != 0 {
		t.Errorf("set %b", s)
	}
	if s := SetOf(MD5, None, XXH3); bits.OnesCount16(uint16(s)) != 2 || !s.Has(MD5) || !s.Has(XXH3) || s.Has(None) {
		t.Errorf("set %b", s)
	}
	if c := Sum([]byte("x"), SetOf(XXH3)).Get(Algorithm(200)); !c.IsZero() {
		t.Errorf("a checksum by no algorithm: %v", c.Algorithm)
	}
}

// A digest that was given up half-way, as by a fault, must not leak into the next sum.
func TestSumStartsAfreshOnAUsedDigest(t *testing.T) {
	d := digests.Get().(*Digest)
	d.reset(all)
	_, _ = d.Write(pattern(block + 99))
	digests.Put(d)
	data := pattern(block + 1)
	mustEqualOracle(t, "Sum", Sum(data, all), data, all)
}

func TestKernelContinuesAnyCRC(t *testing.T) {
	table := crc64.MakeTable(crc64.ECMA)
	data := pattern(5000)
	rapid.Check(t, func(t *rapid.T) {
		crc := rapid.Uint64().Draw(t, "crc")
		from := rapid.IntRange(0, len(data)).Draw(t, "from")
		to := rapid.IntRange(from, len(data)).Draw(t, "to")
		if got, want := updateECMA(crc, data[from:to]), crc64.Update(crc, table, data[from:to]); got != want {
			t.Fatalf("%016x, want %016x", got, want)
		}
	})
}
