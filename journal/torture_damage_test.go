package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
)

// manyRows is more than any specimen has.
const manyRows = 200

// newcomer is a record that is in no specimen.
var newcomer = outcome(manyRows-1, Done)

func TestTortureDamageNeverSkipsFalsely(t *testing.T) {
	torture(t, func(l *lab, rng *rand.Rand) {
		for _, s := range specimens(rng) {
			for d := range l.damages(s, rng) {
				l.try(d.kind, d.name, func() error { return l.suffer(t.Context(), s, d.b) })
			}
		}
		if t.Failed() {
			return
		}
		if n := l.counts["reported"]; l.only == "" && n != l.counts["to report"] {
			t.Errorf("%d of %d reported", n, l.counts["to report"])
		}
	})
}

// suffer has a damaged file read in every way there is, repaired and used.
func (l *lab) suffer(ctx context.Context, s *specimen, b []byte) error {
	v := s.judge(b)
	if !v.perfect {
		l.note("to report")
	}
	d := simDiskWith("j", b)
	peeked, err := (&storage{files: d, path: "j"}).look(testJob)
	if err != nil || len(d.ops) != 1 {
		return fmt.Errorf("peek: %v: %w", d.ops, err)
	}
	if err := s.check(v, b, peeked); err != nil {
		return fmt.Errorf("peek: %w", err)
	}
	if err := s.checkScan(v, b); err != nil {
		return err
	}
	if err := l.crashLoop(d, b); err != nil {
		return err
	}
	got, err := s.repair(ctx, d, v, b)
	if err == nil && got.Damage != nil {
		l.note("reported")
	}
	return errors.Join(err, s.rot(ctx, b))
}

// crashLoop kills some runs while they open the file: it must not grow, and not change what it says.
func (l *lab) crashLoop(d *simDisk, b []byte) error {
	for n := 2; n < 24; n++ {
		if !l.every(9, n+len(b)) {
			continue
		}
		d.fault, d.handles = failing(n, true, syscall.EIO), 0
		_, err := (&storage{files: d, path: "j"}).open(testJob)
		d.fault = nil
		if err != nil && d.handles != 0 {
			return fmt.Errorf("killed at operation %d: %d files are left open", n, d.handles)
		}
		if size := len(d.contents("j")); size > len(b) {
			return fmt.Errorf("killed at operation %d: it grew from %d to %d bytes", n, len(b), size)
		}
		if !bytes.Equal(d.contents("j"), b) {
			return nil // it is repaired; that it is right is looked at below
		}
	}
	d.names["j"].data = slices.Clone(b)
	return nil
}

// repair opens the file, looks at what is known, adds a record, and opens it again.
func (s *specimen) repair(ctx context.Context, d *simDisk, v verdict, b []byte) (*State, error) {
	fresh := bytes.Equal(d.contents("j"), b)
	d.handles = 0
	j, got, err := openSim(d)
	if err != nil {
		return nil, err
	}
	if fresh {
		err = s.check(v, b, got)
	} else {
		err = s.falseSkip(v, got)
	}
	o, wrong := j.Outcomes(ctx, manyRows)
	if wrong == nil {
		wrong = errors.Join(checkOutcomes(o, manyRows, s.pick(v.believed)), o.Close())
	}
	if err := errors.Join(err, wrong, j.Append(newcomer), j.Sync(ctx), j.Close()); err != nil {
		return nil, err
	}
	if n := d.handles; n != 0 {
		return nil, fmt.Errorf("%d files are left open", n)
	}
	return got, s.reopen(d, v)
}

// reopen opens the repaired file twice more: it is sound, and says the same and what was added.
func (s *specimen) reopen(d *simDisk, v verdict) error {
	want := v.state
	want.settle(&newcomer)
	size := len(d.contents("j"))
	for range 2 {
		again, err := (&storage{files: d, path: "j"}).open(testJob)
		if err != nil {
			return fmt.Errorf("opened again: %w", err)
		}
		if a, b := describe(again), describe(want); a != b || again.Damage != nil || again.Torn != 0 || again.New {
			return fmt.Errorf("opened again: %v, torn %d\n%swant\n%s", again.Damage, again.Torn, a, b)
		}
	}
	if n := len(d.contents("j")); n > size {
		return fmt.Errorf("opened again: it grew from %d to %d bytes", size, n)
	}
	return nil
}

// rot lets the damage come over a journal while it is open. What is read of it then is right, or an error.
func (s *specimen) rot(ctx context.Context, b []byte) error {
	d := simDiskWith("j", s.b)
	j, _, err := openSim(d)
	if err != nil {
		return err
	}
	early, err := j.Outcomes(ctx, manyRows)
	if err != nil {
		return err
	}
	d.names["j"].data = slices.Clone(b)
	late, err := j.Outcomes(ctx, manyRows)
	switch whole := len(b) >= len(s.b) && bytes.Equal(b[:len(s.b)], s.b); {
	case err == nil && !whole:
		err = errors.New("outcomes: the damage is not reported")
	case err != nil && !whole && errors.Is(err, ErrChanged):
		err = nil
	}
	if err == nil {
		err = stand(early, truthOf(s.records))
	}
	if late != nil {
		err = errors.Join(err, late.Close())
	}
	return errors.Join(err, early.Close(), j.Close())
}

// stand fails unless every row's outcome is what it was, or is known to be unreadable.
func stand(o *Outcomes, is *truth) error {
	for row := int64(1); row <= manyRows; row++ {
		got, ok, err := o.Get(row)
		want, has := is.outcomes[row]
		switch {
		case err != nil && !errors.Is(err, ErrChanged):
			return err
		case err == nil && (ok != has || got.Status != want.Status || got.ETag != want.ETag):
			return fmt.Errorf("outcomes: row %d: %+v, want %+v", row, got, want)
		}
	}
	return nil
}

// openSim opens the journal j of a simulated disk. Its lock is another test's.
func openSim(d files) (*Journal, *State, error) {
	s := &storage{files: d, path: "j"}
	state, err := s.open(testJob)
	if err != nil {
		return nil, nil, err
	}
	j := newJournal(s, state, Options{Commit: never, files: d})
	j.start()
	return j, state, nil
}

func TestTortureHeaderIsRefusedOrWhole(t *testing.T) {
	torture(t, func(l *lab, rng *rand.Rand) {
		for _, s := range specimens(rng) {
			for i := range s.first() {
				for x := 1; x < 256; x++ {
					if l.every(11, i*255+x) {
						c := slices.Clone(s.b)
						c[i] ^= byte(x)
						l.try("header bytes", fmt.Sprintf("%s: byte %d of the header ^ %d", s.name, i, x), func() error { return refused(c) })
					}
				}
				if i > 0 {
					l.try("header cuts", fmt.Sprintf("%s: cut at %d", s.name, i), func() error { return refused(s.b[:i]) })
				}
				c := slices.Concat(s.b[:i], s.b[i+1:])
				l.try("header bytes gone", fmt.Sprintf("%s: byte %d gone", s.name, i), func() error { return refused(c) })
				c = slices.Clone(s.b)
				clear(c[i:])
				l.try("header zeros", fmt.Sprintf("%s: zeros from %d on", s.name, i), func() error { return refused(c) })
			}
		}
	})
}

// refused fails unless all who read a file refuse it as what it is, and leave it alone.
func refused(b []byte) error {
	d := simDiskWith("j", b)
	_, opened := (&storage{files: d, path: "j"}).open(testJob)
	_, peeked := (&storage{files: d, path: "j"}).look(testJob)
	var scanned error
	for item, err := range Scan(bytes.NewReader(b)) {
		if scanned = err; err == nil {
			return fmt.Errorf("scan: %+v", item)
		}
	}
	for _, err := range []error{opened, peeked, scanned} {
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrFormat) {
			return fmt.Errorf("it is not refused as what it is: %w", err)
		}
	}
	if !bytes.Equal(d.contents("j"), b) || len(d.ops) != 2 {
		return fmt.Errorf("the file was touched: %v", d.ops)
	}
	return nil
}
