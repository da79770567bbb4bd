package journal

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
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

// FuzzDamage spoils a journal as a script says, and asks that all who read it say what the judge says.
func FuzzDamage(f *testing.F) {
	all := specimens(rand.New(rand.NewPCG(1, 1)))
	f.Add(false, []byte{1, 3, 7, 40, 0, 0})
	f.Add(true, []byte{2, 0, 200, 100, 1, 0, 4, 1, 0, 9, 0, 5})
	f.Fuzz(func(t *testing.T, compacted bool, script []byte) {
		s := all[0]
		if compacted {
			s = all[1]
		}
		l := &lab{t: t, counts: map[string]int{}}
		if err := l.suffer(t.Context(), s, edited(s, script)); err != nil {
			t.Fatal(err)
		}
	})
}

// edited returns a specimen as a script changes it. A step of the script has six bytes: what, where, how long, to where.
func edited(s *specimen, script []byte) []byte {
	head, c := s.b[:s.first()], slices.Clone(s.b[s.first():])
	for ; len(script) >= 6 && len(c) > 0 && len(c) < 1<<16; script = script[6:] {
		at, to := int(script[1])<<8|int(script[2]), int(script[4])<<8|int(script[5])
		at, to = at%len(c), to%len(c)
		end := min(len(c), at+int(script[3])+1)
		switch script[0] % 7 {
		case 0:
			c[at] ^= max(1, script[3])
		case 1:
			clear(c[at:end])
		case 2:
			c = slices.Delete(c, at, end)
		case 3:
			c = slices.Insert(c, to, slices.Clone(c[at:end])...)
		case 4:
			copy(c[to:], slices.Clone(c[at:end]))
		case 5:
			c = slices.Insert(c, to, script[3:6]...)
		case 6: // a whole frame to the place of another
			i, k := at%len(s.records), to%len(s.records)
			copy(c[min(len(c), s.offsets[k]-s.first()):], s.frame(i))
		}
	}
	return slices.Concat(head, c)
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
