package checksum

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func sum(a Algorithm, b []byte) []byte {
	h := a.New()
	_, _ = h.Write(b)
	return h.Sum(nil)
}

func TestJoinedCRCIsThatOfAllBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 300), 1, 8).Draw(t, "pieces")
		a := rapid.SampledFrom([]Algorithm{CRC32, CRC32C, CRC64NVME}).Draw(t, "algorithm")
		var parts []Part
		for _, p := range pieces {
			parts = append(parts, Part{Sum: sum(a, p), Size: int64(len(p))})
		}
		got, err := Join(a, FullObject, parts)
		if err != nil {
			t.Fatal(err)
		}
		if want := sum(a, bytes.Join(pieces, nil)); !bytes.Equal(got, want) {
			t.Fatalf("%s: %x, want %x", a, got, want)
		}
	})
}

func TestKindThatAnAlgorithmCannotHaveIsRefused(t *testing.T) {
	for _, c := range []struct {
		a Algorithm
		k Kind
	}{{SHA1, FullObject}, {SHA256, FullObject}, {CRC64NVME, Composite}, {CRC32, "OTHER"}} {
		if _, err := Join(c.a, c.k, nil); err == nil {
			t.Errorf("%s %s was joined", c.a, c.k)
		}
	}
}

func TestValueOfWrongLengthIsRefused(t *testing.T) {
	for _, text := range []string{"", "AAAA", "!", "AAAAAAAAAAA"} {
		if _, err := CRC32.Decode(text); err == nil {
			t.Errorf("%q was taken for a CRC32", text)
		}
	}
}
