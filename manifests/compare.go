package manifests

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
)

// compareKeys reports the keys that several rows share. If hashes are equal, a second pass compares the keys.
// Of a manifest with thousands of repeated keys, the first ones are compared and the others counted by their hash.
func (k *checker) compareKeys(ctx context.Context) error {
	repeats, more, err := k.keys.repeats(maxRepeats + min(k.found.limit, math.MaxInt32))
	if err != nil {
		return fmt.Errorf("check the keys of manifest %s: %w", k.m.name, err)
	}
	if len(repeats) == 0 {
		return nil
	}
	p, err := k.m.begin()
	if err != nil {
		return err
	}
	defer p.end()
	same, err := newSuspects(repeats).compare(ctx, p)
	if err != nil {
		return err
	}
	k.found.merge(same)
	k.found.more += more
	return nil
}

// suspects are the rows whose keys are to be compared. The rows of a group, known by its first one, have the same
// hash.
type suspects struct {
	group map[uint32]uint32      // row -> first row of its group
	keys  map[uint32][]placedKey // first row of a group -> the different keys in it, nearly always one
	last  int64                  // the last row of interest
}

// placedKey is a key and the line that has it first.
type placedKey struct {
	key  string
	line int64
}

func newSuspects(repeats []repeat) *suspects {
	s := &suspects{group: make(map[uint32]uint32), keys: make(map[uint32][]placedKey)}
	for _, r := range repeats {
		s.group[r.row], s.group[r.first] = r.first, r.first
		s.last = max(s.last, int64(r.row))
	}
	return s
}

// compare reads the manifest again as far as needed and returns a mistake for each key that was there before.
func (s *suspects) compare(ctx context.Context, p *pass) (same []Mistake, err error) {
	var e entry
	for e.row.Number < s.last {
		err := p.next(ctx, &e)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		group, suspect := s.group[uint32(e.row.Number)]
		if !suspect {
			continue
		}
		if line := s.seen(group, &e.row); line > 0 {
			same = append(same, Mistake{File: p.m.name, Line: e.row.Line,
				Column:  cmp.Or(e.column[fieldKey], e.column[fieldSource]),
				Message: fmt.Sprintf("the key %s is that of line %d already", clip(e.row.Key), line)})
		}
	}
	return same, nil
}

// seen returns the line that had the row's key before, or 0, and remembers the key then.
func (s *suspects) seen(group uint32, r *Row) (line int64) {
	for _, k := range s.keys[group] {
		if k.key == r.Key {
			return k.line
		}
	}
	s.keys[group] = append(s.keys[group], placedKey{r.Key, r.Line})
	return 0
}
