package journal

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"
)

// FuzzReplay opens any bytes, as a file and behind the header of a journal, and asks that nothing worse than a
// refusal comes of it: no crash, no loop, and what was repaired once is sound.
func FuzzReplay(f *testing.F) {
	b, offsets := image(someRecords(rand.New(rand.NewPCG(1, 1)), 12))
	f.Add(b)
	f.Add(b[offsets[0]:])
	f.Add(b[offsets[3]:offsets[7]])
	f.Add(append(b[offsets[5]:], b[offsets[2]:]...))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, c := range [][]byte{data, append(b[:offsets[0]:offsets[0]], data...), append(b[:offsets[6]:offsets[6]], data...)} {
			size := int64(0)
			for item, err := range Scan(bytes.NewReader(c)) {
				size += item.Bytes
				if err != nil {
					size = int64(len(c))
				}
			}
			if size != int64(len(c)) {
				t.Fatalf("%d of %d bytes were scanned", size, len(c))
			}
			d := simDiskWith("j", c)
			if state, err := (&storage{files: d, path: "j"}).open(testJob); err == nil {
				requireSound(t, state, d, len(c))
			}
		}
	})
}

// FuzzDamage spoils a journal in as many ways as there are seeds, and asks that nothing untrue is believed.
func FuzzDamage(f *testing.F) {
	f.Add(uint64(1), uint64(1), uint8(20))
	f.Fuzz(func(t *testing.T, records, damage uint64, n uint8) {
		written := someRecords(rand.New(rand.NewPCG(records, 0)), int(n)+1)
		b, offsets := image(written)
		state, _ := recovered(t, spoil(rand.New(rand.NewPCG(damage, 0)), b, offsets[0]))
		requireTrue(t, state, written, 0)
	})
}

func FuzzBegun(f *testing.F)   { fuzzRecord(f, begun(1, "a")) }
func FuzzPart(f *testing.F)    { fuzzRecord(f, part(1, 1)) }
func FuzzDropped(f *testing.F) { fuzzRecord(f, Dropped{1}) }
func FuzzOutcome(f *testing.F) {
	o := outcome(1, Failed)
	o.Failure, o.VersionID = &Failure{"op", "code", "message", "request", "host", "ec"}, "version"
	fuzzRecord(f, o)
}

// fuzzRecord asks that whatever decodes is a record that may be written, and comes back the same.
func fuzzRecord(f *testing.F, seed Record) {
	k := kindOf(seed)
	f.Add(appendPayload(nil, seed))
	f.Fuzz(func(t *testing.T, payload []byte) {
		r, ok := decodeRecord(k, payload)
		if !ok {
			return
		}
		if err := check(r); err != nil {
			t.Fatal(err)
		}
		back, ok := decodeRecord(k, appendPayload(nil, r))
		if !ok || !reflect.DeepEqual(r, back) {
			t.Fatalf("%+v came back as %+v", r, back)
		}
	})
}

// FuzzHeader asks that whatever decodes as a header encodes to the same bytes.
func FuzzHeader(f *testing.F) {
	f.Add((&Header{Version: Version, Tool: "t", Job: testJob}).encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		h, n, err := readHeader(bytes.NewReader(data))
		if err == nil && n == int64(len(data)) && len(h.encode()) > len(data) {
			t.Fatalf("%+v", h)
		}
	})
}
