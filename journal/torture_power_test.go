package journal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestTorturePowerCutAtEveryOperation(t *testing.T) {
	torture(t, func(l *lab, rng *rand.Rand) {
		for _, life := range lives(rng) {
			if life.name == "temporary" || life.name == "removed" {
				continue
			}
			r := life.record(t)
			for n := range len(r.log) + 1 {
				for _, sectorSize := range []int{512, 4096} {
					for _, lie := range []bool{false, true} {
						l.cutPower(life, r, n, sectorSize, lie, rng.Uint64())
					}
				}
			}
		}
	})
}

// record lives a life, and writes down what it does to the disk.
func (l *life) record(t *testing.T) *recorder {
	t.Helper()
	is := l.begin()
	r := &recorder{simDisk: is.disk, start: maps.Clone(is.disk.names)}
	is.marked, is.files = r.mark, r
	if err := l.live(is, t.Context()); err != nil {
		t.Fatal(l.name, err)
	}
	return r
}

// A run is killed, the next one carries on, and then the power fails: what the second run vouches for must not rest on
// anything that the first one left unsynced, a name in the directory included.
func TestTorturePowerCutAfterAKill(t *testing.T) {
	torture(t, func(l *lab, rng *rand.Rand) {
		for _, life := range lives(rng) {
			if life.name == "temporary" || life.name == "removed" {
				continue
			}
			whole := life.begin()
			if err := life.live(whole, t.Context()); err != nil {
				t.Fatal(life.name, err)
			}
			for n := 1; n <= whole.disk.count["any"]; n++ {
				seed := rng.Uint64()
				if !l.every(life.weight(), n) {
					continue
				}
				name := fmt.Sprintf("%s: killed at operation %d", life.name, n)
				l.try("kills", name, func() error { return life.killedThenCut(t.Context(), l, n, seed) })
			}
		}
	})
}

func (l *life) killedThenCut(ctx context.Context, lab *lab, n int, seed uint64) error {
	first := l.begin()
	r := &recorder{simDisk: first.disk, start: maps.Clone(first.disk.names)}
	first.files = r
	first.disk.fault = failing(n, true, errKilled)
	_ = l.live(first, ctx) // what it does after the kill fails: as good as not done
	first.disk.fault = nil
	j, state, err := openSim(r)
	if err != nil {
		return fmt.Errorf("after the kill: %w", err)
	}
	second := &life{name: l.name, before: l.before, more: []Record{begun(300, "second"), part(300, 1), outcome(301, Done)}}
	known := describe(state)
	for _, record := range second.more {
		err = errors.Join(err, j.Append(record))
	}
	if err = errors.Join(err, j.Sync(ctx)); err != nil {
		return err
	}
	for i := range 4 {
		lab.note("cuts")
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		got, err := (&storage{files: r.cut(len(r.log), rng, 512<<(3*(i%2)), len(r.log)), path: "j"}).open(testJob)
		if err != nil {
			return err
		}
		want := truthOfState(state, second.more)
		if a := describe(got); a != want {
			return fmt.Errorf("cut %d: got\n%swant\n%safter\n%s", i, a, want, known)
		}
	}
	return j.Close()
}

// errKilled is what a killed process gets to see, if it could see.
var errKilled = errors.New("killed")

// truthOfState describes a state after some more records of rows that it does not know.
func truthOfState(s *State, more []Record) string {
	is := truthOf(more).state()
	for row, u := range s.Uploads {
		is.Uploads[row] = u
	}
	is.Done.Or(s.Done)
	is.Unverified.Or(s.Unverified)
	is.Failed.Or(s.Failed)
	is.CallbackFailed.Or(s.CallbackFailed)
	is.Kept.Or(s.Kept)
	is.Bytes += s.Bytes
	return describe(is)
}

// cuts is how many power cuts there are at each moment, of a kind.
const cuts = 6

func (l *lab) cutPower(life *life, r *recorder, n, sectorSize int, lie bool, seed uint64) {
	for i := range cuts {
		if !l.every(cuts*life.weight(), n+i) {
			continue
		}
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		kind, honest := "cuts", len(r.log)
		if lie {
			kind, honest = "cuts after lies", rng.IntN(n+1)
		}
		after := r.cut(n, rng, sectorSize, honest)
		name := fmt.Sprintf("%s: cut %d at event %d of %d, sectors of %d, lying %v", life.name, i, n, len(r.log), sectorSize, lie)
		l.try(kind, name, func() error { return life.outlive(l, after, r.log[:n], lie) })
	}
}

// outlive opens what a power cut left. It claims nothing that never was; and if no sync lied, all is known that was
// vouched for.
func (l *life) outlive(lab *lab, d *simDisk, log []event, lie bool) error {
	appended, vouched := lastMark(log)
	got, err := (&storage{files: d, path: "j"}).open(testJob)
	if lie && (errors.Is(err, ErrDamaged) || errors.Is(err, ErrFormat)) {
		lab.note("refused after lies")
		return nil
	}
	if err != nil {
		return err
	}
	if got.Damage != nil {
		lab.note("with a gap")
	}
	written := slices.Concat(l.before, l.more[:appended])
	least := len(l.before) + vouched
	if lie {
		least = 0
	}
	if err := truthful(got, written, least); err != nil {
		return err
	}
	if lie {
		return nil
	}
	return keeps(got, written, least)
}

// lastMark returns what was appended, at most, and what was vouched for.
func lastMark(log []event) (appended, vouched int) {
	for _, e := range log {
		if e.op == "mark" {
			appended, vouched = e.appended, e.vouched
		}
	}
	return appended, vouched
}

// truthful fails unless there was a moment, with at least so many records written, at which all was so.
func truthful(got *State, written []Record, least int) (err error) {
	for k := len(written); k >= least; k-- {
		why := lies(got, truthOf(written[:k]))
		if why == "" {
			return nil
		}
		err = errors.New(why)
	}
	return err
}

// keeps fails unless all is known that was vouched for, and that nothing took back since. The parts of an upload may be
// forgotten if a gap is reported: what is missing behind them may have ended it.
func keeps(got *State, written []Record, vouched int) error {
	was := truthOf(written[:vouched])
	for row, o := range was.outcomes {
		if o.Status != Failed && o.Status != Unverified && !got.rows(o.Status).Contains(uint32(row)) ||
			o.Status == Unverified && !got.Stored(row) {
			return fmt.Errorf("row %d was %s, and synced, and is lost: %v", row, o.Status, got.Damage)
		}
	}
	for row, u := range was.uploads {
		if touched(row, written[vouched:]) {
			continue
		}
		now := got.Upload(row)
		if now == nil || now.Begun != u.Begun {
			return fmt.Errorf("the upload of row %d was synced and is lost: %v", row, got.Damage)
		}
		for number := range u.Parts {
			if _, ok := now.Parts[number]; !ok && got.Damage == nil {
				return fmt.Errorf("part %d of row %d was synced and is lost", number, row)
			}
		}
	}
	return nil
}

// misdeeds are what a write may do that claims to have written p.
var misdeeds = map[string]func(p []byte) []byte{
	"lost":        func([]byte) []byte { return nil },
	"short":       func(p []byte) []byte { return p[:len(p)/2] },
	"flipped":     func(p []byte) []byte { c := slices.Clone(p); c[len(c)/3] ^= 0x10; return c },
	"begun wrong": func(p []byte) []byte { c := slices.Clone(p); c[0] ^= 1; return c },
	"zeros":       func(p []byte) []byte { return make([]byte, len(p)) },
	"doubled":     func(p []byte) []byte { return append(slices.Clone(p), p...) },
}

// A write that claims to have written and did not is found out before anything is vouched for. What is lost with it is
// sent again, never skipped.
func TestTortureWritesThatLie(t *testing.T) {
	torture(t, func(l *lab, rng *rand.Rand) {
		for _, life := range lives(rng) {
			whole := life.begin()
			if err := life.live(whole, t.Context()); err != nil {
				t.Fatal(life.name, err)
			}
			for n := 1; n <= whole.disk.count["write"]; n++ {
				if !l.every(life.weight(), n) {
					continue
				}
				for what, misdeed := range misdeeds {
					name := fmt.Sprintf("%s: write %d is %s", life.name, n, what)
					l.try(what, name, func() error { return life.lied(t.Context(), l, n, misdeed) })
				}
			}
		}
	})
}

func (l *life) lied(ctx context.Context, lab *lab, n int, misdeed func([]byte) []byte) error {
	is := l.begin()
	is.disk.wrong = func(k int, p []byte) []byte {
		if k == n {
			return misdeed(p)
		}
		return p
	}
	failed := l.live(is, ctx)
	is.disk.wrong = nil
	if failed != nil {
		lab.note("found out at once")
	}
	if is.disk.handles != 0 {
		return fmt.Errorf("%d files are left open after %w", is.disk.handles, failed)
	}
	if l.nothing || l.name == "removed" && is.disk.contents("j") == nil {
		return nil
	}
	got, err := (&storage{files: is.disk, path: "j"}).open(testJob)
	if err != nil {
		if l.start == nil && is.vouched == 0 {
			return nil // the header itself: nothing was promised in that file
		}
		return fmt.Errorf("next open, after %w: %w", failed, err)
	}
	written := slices.Concat(l.before, l.more[:is.appended])
	return errors.Join(truthful(got, written, len(l.before)+is.vouched), keeps(got, written, len(l.before)+is.vouched))
}
