package journal

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// truth is what a list of records says, worked out the plain way: everything of every row in memory.
type truth struct {
	outcomes map[int64]Outcome
	uploads  map[int64]*Upload
}

func truthOf(records []Record) *truth {
	t := &truth{outcomes: map[int64]Outcome{}, uploads: map[int64]*Upload{}}
	for _, r := range records {
		switch r := r.(type) {
		case Begun:
			t.uploads[r.Row] = &Upload{Begun: r, Parts: map[int]Part{}}
		case Part:
			if u := t.uploads[r.Row]; u != nil {
				u.Parts[r.Number] = r
			}
		case Dropped:
			delete(t.uploads, r.Row)
		case Outcome:
			t.outcomes[r.Row] = r
			if r.Status != Failed {
				delete(t.uploads, r.Row)
			}
		}
	}
	return t
}

// state returns the truth in the form of a State.
func (t *truth) state() *State {
	s := NewState()
	for row, o := range t.outcomes {
		s.rows(o.Status).Add(uint32(row))
		if o.Status.made() {
			s.Bytes += o.Size
		}
	}
	maps.Copy(s.Uploads, t.uploads)
	return s
}

// describe makes states comparable, and readable where they differ.
func describe(s *State) string {
	text := fmt.Sprintf("done %v unverified %v failed %v callback failed %v kept %v bytes %d\n", s.Done.ToArray(),
		s.Unverified.ToArray(), s.Failed.ToArray(), s.CallbackFailed.ToArray(), s.Kept.ToArray(), s.Bytes)
	for _, row := range slices.Sorted(maps.Keys(s.Uploads)) {
		u := s.Uploads[row]
		text += fmt.Sprintf("upload %+v\n", u.Begun)
		for _, number := range slices.Sorted(maps.Keys(u.Parts)) {
			text += fmt.Sprintf("  part %+v\n", u.Parts[number])
		}
	}
	return text
}

// lies returns what a state believes that is not so, given what is. Less than the truth is no lie.
func lies(s *State, t *truth) string {
	for _, status := range []Status{Done, CallbackFailed, Kept} {
		for _, row := range s.rows(status).ToArray() {
			if t.outcomes[int64(row)].Status != status {
				return fmt.Sprintf("row %d is taken for %s", row, status)
			}
		}
	}
	for row, u := range s.Uploads {
		for number, p := range u.Parts {
			is := t.uploads[row]
			if is == nil || is.Begun != u.Begun || is.Parts[number] != p {
				return fmt.Sprintf("row %d: part %d of upload %s is believed", row, number, u.Begun.UploadID)
			}
		}
	}
	return ""
}

// requireTrue fails unless there was a moment, with at least the first atLeast of the records written, at which
// all that the state believes was so.
func requireTrue(t *testing.T, s *State, records []Record, atLeast int) {
	t.Helper()
	why := ""
	for k := len(records); k >= atLeast; k-- {
		if why = lies(s, truthOf(records[:k])); why == "" {
			requireInvented(t, s, records)
			return
		}
	}
	t.Fatalf("%s\n%s", why, describe(s))
}

// requireInvented fails if a state holds an upload or an outcome that nobody ever wrote.
func requireInvented(t *testing.T, s *State, records []Record) {
	t.Helper()
	for row, u := range s.Uploads {
		if !slices.Contains(records, Record(u.Begun)) {
			t.Fatalf("row %d: nobody began upload %+v", row, u.Begun)
		}
	}
	for _, status := range statuses {
		for _, row := range s.rows(status).ToArray() {
			if !slices.ContainsFunc(records, func(r Record) bool {
				o, ok := r.(Outcome)
				return ok && o.Row == int64(row) && o.Status == status
			}) {
				t.Fatalf("row %d was never %s", row, status)
			}
		}
	}
}

// someRecords returns n records as a run might write them: no row is touched after it is done, and none fails that is
// unverified.
func someRecords(rng *rand.Rand, n int) []Record {
	const rows = 6
	done, unverified := map[int64]bool{}, map[int64]bool{}
	var records []Record
	for i := 0; len(records) < n; i++ {
		row := rng.Int64N(rows) + 1
		if done[row] {
			if len(done) >= rows {
				row = int64(rows + 1 + i) // something is always left to do
			} else {
				continue
			}
		}
		r := someRecord(rng, row, i)
		if o, ok := r.(Outcome); ok {
			if o.Status == Failed && unverified[row] {
				continue
			}
			switch o.Status {
			case Done, CallbackFailed, Kept:
				done[row] = true
			case Unverified:
				unverified[row] = true
			}
		}
		records = append(records, r)
	}
	return records
}

func someRecord(rng *rand.Rand, row int64, i int) Record {
	switch k := rng.IntN(20); {
	case k < 4:
		return begun(row, fmt.Sprintf("upload-%d", i))
	case k < 15:
		p := part(row, rng.IntN(4)+1)
		p.XXH3 = uint64(i)
		return p
	case k < 16:
		return Dropped{Row: row}
	case k < 18:
		o := outcome(row, Failed)
		o.Failure = &Failure{Op: "SendPart", Code: "Throttled", Message: fmt.Sprint("try ", i)}
		return o
	case k < 19:
		return outcome(row, Unverified)
	}
	return outcome(row, [...]Status{Done, Done, CallbackFailed, Kept}[rng.IntN(4)])
}

// image returns the bytes of a journal of these records, and the offset of every frame and of the end.
func image(records []Record) (b []byte, offsets []int) {
	h := &Header{Version: Version, ID: [16]byte{7}, Tool: "test", Job: testJob}
	e := &encoder{seed: h.seed()}
	b = h.encode()
	for _, r := range records {
		offsets = append(offsets, len(b))
		b = e.record(b, r)
	}
	return b, append(offsets, len(b))
}
