package journal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
)

// specimen is a sound journal, and what it is made of.
type specimen struct {
	name    string
	records []Record
	b       []byte
	offsets []int // of every frame, and of the end
}

func (s *specimen) first() int { return s.offsets[0] }

func (s *specimen) frame(i int) []byte { return s.b[s.offsets[i]:s.offsets[i+1]] }

func newSpecimen(name string, records []Record) *specimen {
	b, offsets := image(records)
	return &specimen{name, records, b, offsets}
}

// specimens are a journal of all that happens in a run, and one that compaction made of it.
func specimens(rng *rand.Rand) []*specimen {
	records := append(story(), someRecords(rng, 30)...)
	return []*specimen{newSpecimen("journal", records), compacted(records)}
}

// story has one of each: uploads carried on, dropped, begun again, done; failures; texts that look like frames.
func story() []Record {
	long := outcome(102, Failed)
	long.Failure = &Failure{Op: "SendPart", Code: "Busy", Message: strings.Repeat("§\\", 200), RequestID: "r", HostID: "h", EC: "e"}
	head := string([]byte{sync0, sync1, byte(kindOutcome), 0, 40, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0})
	tagged := part(101, 2)
	tagged.ETag = fmt.Sprintf("%x", head+head)
	plain := part(101, 3)
	plain.ETag = `"` + head + `"`
	last := outcome(103, Done)
	last.VersionID = head
	return []Record{
		begun(101, "first"+head), part(101, 1), tagged, begun(102, "second"), part(102, 1), Dropped{102}, begun(102, "third"),
		plain, long, part(102, 1), outcome(102, Unverified), begun(103, "fourth"), part(103, 1), outcome(103, Failed), part(103, 2),
		last, outcome(102, Done),
	}
}

// compacted is what compaction makes of a journal of these records.
func compacted(records []Record) *specimen {
	b, _ := image(records)
	s := &storage{files: simDiskWith("j", b), path: "j"}
	p, h := &replay{}, &Header{Version: Version, ID: [16]byte{9}, Tool: "test", Job: testJob}
	var out bytes.Buffer
	c := &compactor{encoder: encoder{seed: h.seed()}, w: &out, buf: h.encode()}
	if err := errorsOf(s.reopen, func() error { return s.identify(testJob) }, func() error { return s.replay(p) },
		func() error { return c.run(s.frames(p.end), p) }); err != nil {
		panic(err)
	}
	made := &specimen{name: "compacted", b: out.Bytes()}
	for item := range Scan(bytes.NewReader(made.b)) {
		if item.Record != nil {
			made.records = append(made.records, item.Record)
			made.offsets = append(made.offsets, int(item.Offset))
		}
	}
	made.offsets = append(made.offsets, len(made.b))
	return made
}

// errorsOf calls one after the other and returns the first error.
func errorsOf(steps ...func() error) error {
	for _, f := range steps {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// damage is one way to spoil a specimen.
type damage struct {
	kind, name string
	b          []byte
}

// damages are all that the laboratory does to a journal's frames. The header is another test's.
func (l *lab) damages(s *specimen, rng *rand.Rand) iter.Seq[damage] {
	seed := rng.Uint64()
	return func(yield func(damage) bool) {
		rng := rand.New(rand.NewPCG(seed, 2))
		for _, some := range []iter.Seq[damage]{
			s.cuts(l), s.flips(l), s.lost(l), s.swapped(l), s.again(l), s.tails(l, rng), s.pairs(l, rng), s.spliced(l, rng),
		} {
			for d := range some {
				if d.name = s.name + ": " + d.name; !yield(d) {
					return
				}
			}
		}
	}
}

// cuts ends the file at every offset.
func (s *specimen) cuts(l *lab) iter.Seq[damage] {
	return func(yield func(damage) bool) {
		for n := s.first(); n < len(s.b); n++ {
			if l.every(31, n) && !yield(damage{"cuts", fmt.Sprint("cut at ", n), s.b[:n]}) {
				return
			}
		}
	}
}

// flips flips every bit.
func (s *specimen) flips(l *lab) iter.Seq[damage] {
	return func(yield func(damage) bool) {
		for i := s.first() * 8; i < len(s.b)*8; i++ {
			if !l.every(211, i) {
				continue
			}
			c := slices.Clone(s.b)
			c[i/8] ^= 1 << (i % 8)
			if !yield(damage{"flips", fmt.Sprintf("flip bit %d of byte %d", i%8, i/8), c}) {
				return
			}
		}
	}
}

// lost leaves out every frame, makes it zeros, and puts it there twice.
func (s *specimen) lost(l *lab) iter.Seq[damage] {
	return func(yield func(damage) bool) {
		for i := range s.records {
			if !l.every(2, i) {
				continue
			}
			at, end := s.offsets[i], s.offsets[i+1]
			zeros := slices.Clone(s.b)
			clear(zeros[at:end])
			if !yield(damage{"drops", fmt.Sprint("drop frame ", i), slices.Concat(s.b[:at], s.b[end:])}) ||
				!yield(damage{"zeroed", fmt.Sprint("zero frame ", i), zeros}) ||
				!yield(damage{"doubles", fmt.Sprint("double frame ", i), slices.Concat(s.b[:end], s.b[at:])}) {
				return
			}
		}
	}
}

// swapped swaps every frame with its neighbour and with every other.
func (s *specimen) swapped(l *lab) iter.Seq[damage] {
	return func(yield func(damage) bool) {
		for i := range s.records {
			for k := i + 1; k < len(s.records); k++ {
				if k > i+1 && !l.every(61, i*31+k) {
					continue
				}
				c := slices.Concat(s.b[:s.offsets[i]], s.frame(k), s.b[s.offsets[i+1]:s.offsets[k]], s.frame(i), s.b[s.offsets[k+1]:])
				if !yield(damage{"swaps", fmt.Sprintf("swap frames %d and %d", i, k), c}) {
					return
				}
			}
		}
	}
}

// again appends the last k frames once more; and writes them over those before them, as a disk that loses its way.
func (s *specimen) again(l *lab) iter.Seq[damage] {
	return func(yield func(damage) bool) {
		for i := range s.records {
			if !l.every(3, i) {
				continue
			}
			tail := s.b[s.offsets[i]:]
			over := slices.Clone(s.b)
			copy(over[s.offsets[i/2]:], tail)
			if !yield(damage{"appended again", fmt.Sprintf("frames from %d on again", i), slices.Concat(s.b, tail)}) ||
				i > 0 && !yield(damage{"misdirected", fmt.Sprintf("frames from %d on over those from %d on", i, i/2), over}) {
				return
			}
		}
	}
}

// tails appends what a crash may: zeros, garbage, half a frame; to the whole file and to a cut one.
func (s *specimen) tails(l *lab, rng *rand.Rand) iter.Seq[damage] {
	return func(yield func(damage) bool) {
		for i, cut := range []int{len(s.b), len(s.b) - 1, len(s.b) - 20, s.offsets[len(s.records)-2] + 5, s.first()} {
			for k, n := range []int{1, 7, 16, sector, 4096, 70_000} {
				if !l.every(6, i+k) {
					continue
				}
				zeros := append(slices.Clone(s.b[:cut]), make([]byte, n)...)
				garbage, heads := slices.Clone(zeros), slices.Clone(zeros)
				for i := cut; i < len(zeros); i++ {
					garbage[i] = byte(rng.Uint32())
					heads[i] = []byte{sync0, sync1, byte(kindPart), 0, 0, 0x10, 0, 0}[(i-cut)%8] // 4096 bytes long, each
				}
				for what, c := range [][]byte{zeros, garbage, heads} {
					what := []string{"zeros", "garbage", "heads of frames"}[what]
					if !yield(damage{"tails", fmt.Sprintf("%d bytes of %s at %d", n, what, cut), c}) {
						return
					}
				}
			}
		}
		for at := (s.first()/sector + 1) * sector; at+sector <= len(s.b); at += sector {
			c := slices.Clone(s.b)
			clear(c[at : at+sector])
			if !yield(damage{"zero sectors", fmt.Sprint("zero sector at ", at), c}) {
				return
			}
		}
	}
}

// pairs are two and more damages at once.
func (s *specimen) pairs(l *lab, rng *rand.Rand) iter.Seq[damage] {
	return func(yield func(damage) bool) {
		for i := range 4000 {
			c := spoil(rng, s.b, s.first())
			if l.every(80, i) && !yield(damage{"many at once", fmt.Sprint("many at once, ", i), c}) {
				return
			}
		}
	}
}

// spliced puts frames of other journals into this one: of another job's, and of the one that this was compacted from.
func (s *specimen) spliced(l *lab, rng *rand.Rand) iter.Seq[damage] {
	return func(yield func(damage) bool) {
		other := &Header{Version: Version, ID: [16]byte{8}, Job: testJob}
		for i := range s.records {
			if !l.every(3, i) {
				continue
			}
			e := encoder{seed: other.seed(), last: uint64(i)}
			at := s.offsets[i]
			var foreign []byte
			for _, r := range []Record{outcome(999, Done), begun(998, "x"), part(998, 1)} {
				foreign = e.record(foreign, r)
			}
			old := slices.Clone(s.b)
			copy(old[at:], foreign)
			if !yield(damage{"spliced", fmt.Sprint("another's frames before ", i), slices.Concat(s.b[:at], foreign, s.b[at:])}) ||
				!yield(damage{"spliced", fmt.Sprint("another's frames over ", i), old[:len(s.b)]}) {
				return
			}
		}
		for i := range s.records { // a length that leads to the next frame's end, or beyond everything
			for k, n := range []int{len(s.frame(i)) + 50, maxPayload, maxPayload + 1, 1 << 31, 0} {
				if !l.every(5, i+k) {
					continue
				}
				c := slices.Clone(s.b)
				binary.LittleEndian.PutUint32(c[s.offsets[i]+4:], uint32(n))
				if !yield(damage{"lengths", fmt.Sprintf("frame %d says %d", i, n), c}) {
					return
				}
			}
		}
	}
}
