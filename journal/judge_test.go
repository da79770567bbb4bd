package journal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
)

// The judge knows what was written and sees what is left of it. He finds the frames that survived by comparing bytes,
// not by reading a journal, and from their places in the order he says what may be believed.
//
// A false skip is a claim of the reopened journal, that a row is stored or that an upload holds a part,
//   - that was not so when the last frame was written that survived; or
//   - that some history denies: one in which the frames that survived stand where they stood, and the lost ones said
//     anything that the writer may say. It may drop any upload and begin another; it never takes back that a row is
//     stored (FORMAT.md, rule 2).
type verdict struct {
	believed []int  // indexes of the records that survived in their order
	lost     []int  // indexes of those that did not, before the last one that did
	end      int    // offset behind the last frame of those that count, or count not
	perfect  bool   // nothing is wrong before end
	state    *State // what is to be known: all that may be, and no more
}

// judge looks at what has become of the specimen. Its header is as it was.
func (s *specimen) judge(b []byte) verdict {
	v := verdict{end: s.first(), perfect: true}
	last, again := 0, false
	for at := s.first(); at < len(b); {
		i := s.survivor(b[at:])
		if i < 0 {
			at++
			continue
		}
		v.perfect = v.perfect && at == v.end
		if i >= last {
			for ; last < i; last++ {
				v.lost = append(v.lost, last)
			}
			v.believed, last = append(v.believed, i), i+1
		} else {
			again = true
		}
		at += len(s.frame(i))
		v.end = at
	}
	v.perfect = v.perfect && !again && len(v.lost) == 0
	v.state = s.allowed(v)
	return v
}

// survivor returns which of the specimen's frames b begins with, or -1.
func (s *specimen) survivor(b []byte) int {
	if len(b) < frameHead || b[0] != sync0 {
		return -1
	}
	n := binary.LittleEndian.Uint64(b[8:])
	if n < 1 || n > uint64(len(s.records)) || !bytes.HasPrefix(b, s.frame(int(n)-1)) {
		return -1
	}
	return int(n) - 1
}

// allowed is what the records say that are believed, without the parts of any upload that lost records may have ended.
func (s *specimen) allowed(v verdict) *State {
	is := truthOf(s.pick(v.believed))
	for _, u := range is.uploads {
		if len(v.lost) > 0 && s.index(v.believed, u.Begun) < v.lost[len(v.lost)-1] {
			u.Parts = map[int]Part{}
		}
	}
	return is.state()
}

func (s *specimen) pick(indexes []int) []Record {
	var records []Record
	for _, i := range indexes {
		records = append(records, s.records[i])
	}
	return records
}

// index returns where a Begun was written, the last time.
func (s *specimen) index(among []int, b Begun) int {
	for _, i := range slices.Backward(among) {
		if s.records[i] == Record(b) {
			return i
		}
	}
	return -1
}

// falseSkip returns the first claim of a state that is false, or could be.
func (s *specimen) falseSkip(v verdict, got *State) error {
	upto := 0
	if n := len(v.believed); n > 0 {
		upto = v.believed[n-1] + 1
	}
	is := truthOf(s.records[:upto])
	if why := lies(got, is); why != "" {
		return fmt.Errorf("false skip: %s", why)
	}
	for row, u := range got.Uploads {
		at := s.index(v.believed, u.Begun)
		switch {
		case at < 0:
			return fmt.Errorf("row %d: an upload that nobody began: %+v", row, u.Begun)
		case len(u.Parts) > 0 && slices.ContainsFunc(v.lost, func(i int) bool { return i > at }):
			return fmt.Errorf("false skip: row %d: a lost record may have ended the upload", row)
		}
	}
	return nil
}

// check compares what a reader says with what the judge says.
func (s *specimen) check(v verdict, b []byte, got *State) error {
	if err := s.falseSkip(v, got); err != nil {
		return err
	}
	if a, b := describe(got), describe(v.state); a != b {
		return fmt.Errorf("got\n%swant\n%s", a, b)
	}
	if reported := got.Damage != nil; reported == v.perfect {
		return fmt.Errorf("damage %v, and sound is %v", got.Damage, v.perfect)
	}
	if torn := int64(len(b) - v.end); got.Torn != torn {
		return fmt.Errorf("torn %d, want %d", got.Torn, torn)
	}
	return nil
}

// checkScan compares what Scan yields: every byte, the frames that survived, and a problem wherever there is one.
func (s *specimen) checkScan(v verdict, b []byte) error {
	var size int64
	var seen []int
	problems := 0
	for item, err := range Scan(bytes.NewReader(b)) {
		if err != nil {
			return err
		}
		if item.Offset != size {
			return fmt.Errorf("scan: %d bytes, then offset %d", size, item.Offset)
		}
		size += item.Bytes
		if item.Problem != "" {
			problems++
		}
		if i := int(item.Sequence) - 1; i >= 0 && (len(seen) == 0 || i > seen[len(seen)-1]) {
			seen = append(seen, i)
			if !reflect.DeepEqual(item.Record, s.records[i]) {
				return fmt.Errorf("scan: record %d is %+v, want %+v", i, item.Record, s.records[i])
			}
		}
	}
	if size != int64(len(b)) || !slices.Equal(seen, v.believed) {
		return fmt.Errorf("scan: %d of %d bytes, records %v, want %v", size, len(b), seen, v.believed)
	}
	if wrong := !v.perfect || v.end < len(b); wrong != (problems > 0) {
		return fmt.Errorf("scan: %d problems", problems)
	}
	return nil
}

// checkOutcomes compares the last outcomes of all rows with those of the records.
func checkOutcomes(o *Outcomes, rows int64, records []Record) error {
	is := truthOf(records)
	for row := int64(1); row <= rows; row++ {
		got, ok, err := o.Get(row)
		want, has := is.outcomes[row]
		if err != nil || ok != has || got.Status != want.Status || got.ETag != want.ETag || (got.Failure == nil) != (want.Failure == nil) {
			return fmt.Errorf("outcomes: row %d: %+v %v, want %+v: %w", row, got, ok, want, err)
		}
	}
	return nil
}
