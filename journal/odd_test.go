package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/zeebo/xxh3"
)

// smuggled is a frame of the journal that would settle row 66, if a reader came upon it.
func smuggled(j *Journal, sequence uint64) string {
	e := encoder{seed: j.frames.seed, last: sequence - 1}
	return string(e.record(nil, outcome(66, Done)))
}

// Who knows a journal's id can put a frame of it into a text. Were the record around it damaged, the frame would be
// found: it would be the next in order. So the record is not written at all.
func TestRecordWithinARecordIsWritten(t *testing.T) {
	j, _, err := openSim(newSimDisk())
	must(t, err)
	must(t, j.Append(outcome(1, Done)))
	frame := smuggled(j, 2)
	hexed, tagged, failed, versioned := part(2, 1), part(2, 1), outcome(2, Failed), outcome(2, Unverified)
	hexed.ETag, tagged.ETag, versioned.VersionID = fmt.Sprintf("%x", frame), `"`+frame+`"`, "v"+frame
	failed.Failure = &Failure{Message: "it says " + frame}
	for _, r := range []Record{begun(2, frame), begun(2, "id"+frame+"id"), begun(2, frame+frame), hexed, tagged, failed, versioned} {
		if err := j.Append(r); !errors.Is(err, ErrRecord) {
			t.Errorf("%+v: %v", r, err)
		}
	}
	// Half a frame, or one of another journal, is a text like any other; and what was refused left no gap.
	e := encoder{seed: 1, last: 1}
	must(t, errors.Join(j.Append(begun(2, frame[:40])), j.Append(begun(3, string(e.record(nil, outcome(66, Done))))), j.Append(outcome(2, Unverified))))
	must(t, errors.Join(j.Sync(t.Context()), j.Close()))
}

func TestStoredRowIsTakenBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j, _ := open(t, path, Options{})
	must(t, errors.Join(j.Append(outcome(1, Done)), j.Append(outcome(2, Unverified)), j.Append(outcome(3, Failed))))
	refused := []Outcome{outcome(1, Failed), outcome(1, Unverified), outcome(1, Done), outcome(2, Failed)}
	for range 2 {
		for _, o := range refused {
			if err := j.Append(o); !errors.Is(err, ErrRecord) {
				t.Errorf("row %d, %s: %v", o.Row, o.Status, err)
			}
		}
		must(t, j.Close())
		j, _ = open(t, path, Options{})
	}
	must(t, errors.Join(j.Append(outcome(2, Unverified)), j.Append(outcome(2, Done)), j.Append(outcome(3, Failed)), j.Append(outcome(3, Done))))
	if err := j.Append(outcome(2, Unverified)); !errors.Is(err, ErrRecord) {
		t.Error(err)
	}
	must(t, j.Close())
}

func TestSequenceNumbersWrap(t *testing.T) {
	h := &Header{Version: Version, ID: [16]byte{7}, Job: testJob}
	e := encoder{seed: h.seed(), last: math.MaxUint64 - 2}
	b := h.encode()
	for row := int64(1); row <= 4; row++ { // the third has the number 0, the fourth 1
		b = e.record(b, outcome(row, Done))
	}
	d := simDiskWith("j", b)
	j, state, err := openSim(d)
	must(t, err)
	requireState(t, state, []Record{outcome(1, Done), outcome(2, Done)})
	if m := state.Damage; m == nil || m.Missing != math.MaxUint64-2 || m.Repeated != 2 {
		t.Error(m)
	}
	must(t, errors.Join(j.Append(outcome(5, Done)), j.Sync(t.Context()), j.Close()))
	state, err = (&storage{files: d, path: "j"}).open(testJob)
	must(t, err)
	if state.Damage != nil || state.Done.GetCardinality() != 3 {
		t.Error(state.Damage, state.Done.ToArray())
	}
}

func TestRowOutOfRangeIsTakenForAnother(t *testing.T) {
	for _, row := range []uint64{0, MaxRow + 1, MaxRow + 2, 1 << 40, 1 << 63, math.MaxUint64} {
		for k := kindBegun; k <= kindOutcome; k++ {
			h := &Header{Version: Version, ID: [16]byte{7}, Job: testJob}
			e := encoder{seed: h.seed()}
			payload := appendPayload(nil, map[kind]Record{
				kindBegun: begun(1, "a"), kindPart: part(1, 1), kindDropped: Dropped{1}, kindOutcome: outcome(1, Done),
			}[k])
			b := e.record(h.encode(), begun(1, "mine"))
			b = e.copy(b, k, append(binary.AppendUvarint(nil, row), payload[1:]...))
			state, _ := recovered(t, b)
			requireState(t, state, []Record{begun(1, "mine")})
			if state.Damage == nil || state.Damage.Undecoded != 1 {
				t.Errorf("row %d in a record of type %d: damage %v", row, k, state.Damage)
			}
		}
	}
}

func TestClockThatWentBackMattersToTheJournal(t *testing.T) {
	for _, created := range []time.Time{time.Unix(0, math.MinInt64), time.Unix(0, 0), time.Now().Add(90 * time.Minute), time.Unix(0, math.MaxInt64)} {
		h := &Header{Version: Version, ID: [16]byte{7}, Created: created, Job: testJob}
		e := encoder{seed: h.seed()}
		late, early := begun(1, "a"), begun(1, "b")
		late.Time, early.Time = math.MaxInt64, math.MinInt64
		b := e.record(e.record(h.encode(), late), early)
		d := simDiskWith("j", b)
		j, state, err := openSim(d)
		must(t, err)
		requireState(t, state, []Record{late, early})
		if !state.Created.Equal(created) {
			t.Errorf("created %v, want %v", state.Created, created)
		}
		must(t, errors.Join(j.Append(outcome(1, Done)), j.Sync(t.Context()), j.Close()))
	}
}

// restless is a disk on which something happens at the n-th read.
type restless struct {
	*simDisk
	n    int
	what func()
}

type restlessHandle struct {
	*simHandle
	r *restless
}

func (r *restless) Open(path string, flag int) (file, error) {
	f, err := r.simDisk.Open(path, flag)
	if err != nil {
		return nil, err
	}
	return &restlessHandle{f.(*simHandle), r}, nil
}

func (r *restless) Own(f file) (bool, error) { return r.simDisk.Own(f.(*restlessHandle).simHandle) }

func (h *restlessHandle) ReadAt(p []byte, off int64) (int, error) {
	if h.r.n--; h.r.n == 0 {
		h.r.what()
	}
	return h.simHandle.ReadAt(p, off)
}

func TestFileThatGrowsOrShrinksWhileItIsReadIsMisread(t *testing.T) {
	records := []Record{begun(1, "a"), part(1, 1), outcome(2, Done), outcome(3, Done)}
	b, offsets := image(records)
	for n := 1; n <= 4; n++ {
		d := simDiskWith("j", b)
		state, err := (&storage{files: &restless{d, n, func() { d.names["j"].data = slices.Concat(b, []byte("more")) }}, path: "j"}).open(testJob)
		must(t, err)
		requireState(t, state, records)
		for _, k := range offsets[:4] {
			d := simDiskWith("j", b)
			s := &storage{files: &restless{d, n, func() { d.names["j"].data = slices.Clone(b[:k]) }}, path: "j"}
			if state, err := s.look(testJob); err == nil && bytes.Equal(d.contents("j"), b[:k]) {
				t.Errorf("cut to %d at read %d: it seems to end there: %+v", k, n, state)
			}
			d = simDiskWith("j", b)
			state, err := (&storage{files: &restless{d, n, func() { d.names["j"].data = slices.Clone(b[:k]) }}, path: "j"}).open(testJob)
			if err == nil && bytes.Equal(d.contents("j"), b[:k]) || err != nil && !errors.Is(err, ErrChanged) && !errors.Is(err, ErrDamaged) && !errors.Is(err, os.ErrClosed) {
				t.Errorf("cut to %d at read %d: %v %v", k, n, err, state)
			}
			if !bytes.Equal(d.contents("j"), b) && !bytes.Equal(d.contents("j"), b[:k]) {
				t.Errorf("cut to %d at read %d: the file was touched", k, n)
			}
		}
	}
}

func TestTagOfAFormThatIsNoneIsDecoded(t *testing.T) {
	fields := appendPayload(nil, Part{Row: 1, Number: 1})
	fields = fields[:len(fields)-1]
	for _, tag := range [][]byte{
		append(binary.AppendUvarint(nil, 2<<2|3), "ab"...),
		append(binary.AppendUvarint(nil, (MaxETag/2+1)<<2|tagLowerHex), make([]byte, MaxETag/2+1)...),
		append(binary.AppendUvarint(nil, (MaxETag/2+1)<<2|tagUpperHex), make([]byte, MaxETag/2+1)...),
	} {
		payload := slices.Concat(fields, tag)
		r, decoded := decodePart(payload)
		_, skimmed := skimPart(payload)
		if decoded || skimmed {
			t.Errorf("%+v", r)
		}
	}
}

func TestHeaderThatIsSealedAndMakesNoSenseIsBelieved(t *testing.T) {
	h := &Header{Version: Version, Tool: "t", Job: testJob}
	sound := h.encode()
	for _, body := range [][]byte{
		sound[:fixedSize-1],                        // fields are missing
		sound[:len(sound)-checksumSize-1],          // a text is cut
		append(sound[:len(sound)-checksumSize], 0), // a byte too many
	} {
		b := slices.Clone(body)
		binary.LittleEndian.PutUint32(b[12:], uint32(len(b)+checksumSize))
		requireRefused(t, binary.LittleEndian.AppendUint64(b, xxh3.Hash(b)), ErrDamaged)
	}
}

func TestOutcomesOfFewerRowsThanThereAreMixThemUp(t *testing.T) {
	b, _ := image([]Record{outcome(1, Done), outcome(2, Done), outcome(3, Failed)})
	j, _, err := openSim(simDiskWith("j", b))
	must(t, err)
	o, err := j.Outcomes(t.Context(), 2)
	must(t, err)
	for row := int64(0); row <= 4; row++ {
		if _, ok, err := o.Get(row); err != nil || ok != (row == 1 || row == 2) {
			t.Errorf("row %d: %v %v", row, ok, err)
		}
	}
	must(t, errors.Join(o.Close(), j.Close()))
}
