package journal

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// life is one use of a journal on a disk that has a fault, and what is left of it to look at.
type life struct {
	name    string
	start   []byte   // of the file; nil for none
	before  []Record // what the file says
	more    []Record // what is appended
	live    func(l *living, ctx context.Context) error
	nothing bool // no file is left, or none that matters
}

// living is a life under way.
type living struct {
	*life
	disk     *simDisk
	files    files // the disk, or what stands before it
	marked   func(appended, vouched int)
	journal  *Journal
	appended int // of life.more
	vouched  int // of them, by a Sync that succeeded
}

// lives are a run that begins, one that goes on, and all that Open has to repair.
func lives(rng *rand.Rand) []*life {
	records := someRecords(rng, 60)
	before, more := records[:40:40], records[40:]
	sound, offsets := image(before)
	wasteful := slices.Concat(uselessRecords(), before)
	old, _ := image(wasteful)
	damaged := slices.Concat(sound, sound[offsets[30]:])
	return []*life{
		{name: "new", more: more, live: (*living).run},
		{name: "reopened", start: sound, before: before, more: more, live: (*living).run},
		{name: "torn", start: sound[:len(sound)-3], before: before[:39], more: more, live: (*living).run},
		{name: "damaged", start: damaged, before: before, more: more, live: (*living).run},
		{name: "damaged and torn", start: append(damaged[:len(damaged):len(damaged)], sync0, sync1, 1), before: before, more: more, live: (*living).run},
		{name: "compacted", start: old, before: wasteful, more: more, live: (*living).run},
		{name: "compacted and torn", start: append(old[:len(old):len(old)], old[len(old)-20:]...), before: wasteful, more: more, live: (*living).run},
		{name: "outcomes", start: sound, before: before, more: more[:5], live: (*living).look},
		{name: "removed", start: sound, before: before, more: more[:5], live: (*living).remove},
		{name: "temporary", more: more, live: (*living).improvise, nothing: true},
	}
}

// uselessRecords are more than a MiB that compaction leaves out, in few frames.
func uselessRecords() []Record {
	o := outcome(500, Failed)
	f := strings.Repeat("f", 1024)
	o.Failure = &Failure{Op: f[:32], Code: f[:128], Message: f, RequestID: f[:128], HostID: f[:256], EC: f[:64]}
	return slices.Repeat([]Record{o}, 640)
}

// run opens the journal, appends with a Sync now and then, for which several wait at once, and closes it.
func (l *living) run(ctx context.Context) error {
	j, _, err := openSim(l.files)
	if err != nil {
		return err
	}
	l.journal = j
	err = l.write(ctx)
	if closing := j.Close(); err == nil && closing == nil {
		l.vouched = l.appended
	} else if err == nil {
		err = closing
	}
	return err
}

func (l *living) write(ctx context.Context) error {
	for i, r := range l.more {
		l.marked(l.appended+1, l.vouched)
		if err := l.journal.Append(r); err != nil {
			return err
		}
		if l.appended++; i%7 == 3 {
			if err := l.sync(ctx); err != nil {
				return err
			}
			l.vouched = l.appended
			l.marked(l.appended, l.vouched)
		}
	}
	return nil
}

// sync waits three times at once: all must come back, with the same answer.
func (l *living) sync(ctx context.Context) error {
	var wg sync.WaitGroup
	var errs [3]error
	for i := range errs {
		wg.Go(func() { errs[i] = l.journal.Sync(ctx) })
	}
	wg.Wait()
	return errors.Join(errs[:]...)
}

// look asks for the outcomes, which are right, or an error.
func (l *living) look(ctx context.Context) error {
	j, _, err := openSim(l.files)
	if err != nil {
		return err
	}
	l.journal = j
	if err := errors.Join(l.write(ctx), l.outcomes(ctx)); err != nil {
		return errors.Join(err, j.Close())
	}
	if err = j.Close(); err == nil {
		l.vouched = l.appended
	}
	return err
}

func (l *living) outcomes(ctx context.Context) error {
	o, err := l.journal.Outcomes(ctx, manyRows)
	if err != nil {
		return err
	}
	is := truthOf(slices.Concat(l.before, l.more[:l.appended]))
	for row := int64(1); row <= manyRows; row++ {
		got, ok, err := o.Get(row)
		if err != nil {
			return errors.Join(err, o.Close())
		}
		if want, has := is.outcomes[row]; ok != has || got.Status != want.Status {
			panic(fmt.Sprintf("outcomes: row %d: %+v, want %+v", row, got, want))
		}
	}
	return o.Close()
}

func (l *living) remove(ctx context.Context) error {
	j, _, err := openSim(l.files)
	if err != nil {
		return err
	}
	l.journal = j
	return errors.Join(l.write(ctx), j.Remove())
}

func (l *living) improvise(ctx context.Context) error {
	j, _, err := Temporary(testJob, Options{files: l.files, Commit: never})
	if err != nil {
		return err
	}
	l.journal = j
	return errors.Join(l.write(ctx), l.outcomes(ctx), j.Close())
}

// weight is how much rarer the short form tries this life than others: one that is compacted costs so much more.
func (l *life) weight() int { return 1 + len(l.start)>>18 }

func (l *life) begin() *living {
	d := newSimDisk()
	if l.start != nil {
		d = simDiskWith("j", l.start)
	}
	d.locks = true
	return &living{life: l, disk: d, files: d, marked: func(int, int) {}}
}

var causes = []syscall.Errno{
	syscall.EIO, syscall.ENOSPC, syscall.EDQUOT, syscall.EINTR, syscall.EROFS, syscall.EFBIG, syscall.EMFILE, syscall.ENOMEM,
	syscall.EACCES, syscall.ESTALE, syscall.EXDEV,
}

func TestTortureEveryOperationFailing(t *testing.T) {
	torture(t, func(l *lab, rng *rand.Rand) {
		for _, life := range lives(rng) {
			whole := life.begin()
			if err := life.live(whole, t.Context()); err != nil {
				t.Fatal(life.name, err)
			}
			for n := 1; n <= whole.disk.count["any"]; n++ {
				for c, cause := range causes {
					for _, forever := range []bool{false, true} {
						if !l.every(13*life.weight(), n*len(causes)+c) {
							continue
						}
						name := fmt.Sprintf("%s: operation %d of %d: %v, for ever %v", life.name, n, whole.disk.count["any"], cause, forever)
						l.try(cause.Error(), name, func() error { return life.fail(t.Context(), l, n, forever, cause) })
					}
				}
			}
		}
	})
}

// fail lives a life in which an operation fails, and the next one.
func (l *life) fail(ctx context.Context, lab *lab, n int, forever bool, cause syscall.Errno) error {
	is := l.begin()
	is.disk.fault = only(cause, failing(n, forever, cause))
	failed := l.live(is, ctx)
	is.disk.fault = nil
	if failed != nil {
		lab.note("reported")
	} else {
		lab.note("harmless")
	}
	if err := is.buried(failed, cause); err != nil {
		return err
	}
	if l.nothing {
		return nil
	}
	j, state, err := openSim(is.disk)
	if err != nil {
		return fmt.Errorf("next open, after %w: %w", failed, err)
	}
	if left := is.disk.leftovers(forever); len(left) > 0 {
		return fmt.Errorf("files are left over: %v", left)
	}
	return errors.Join(is.remembered(state), j.Append(outcome(777, Done)), j.Close())
}

// only keeps a fault to where it can occur.
func only(cause syscall.Errno, fault func(string, int) error) func(string, int) error {
	return func(op string, n int) error {
		if err := fault(op, n); cause != syscall.EXDEV || op == "rename" {
			return err
		}
		return nil
	}
}

// leftovers are the files that a healthy disk does not hold. Where nothing could be removed, names in the temporary
// directory stay.
func (d *simDisk) leftovers(stuck bool) []string {
	var left []string
	for name := range d.names {
		if ours := name == "j" || name == "j"+copySuffix; !ours && (!stuck || !strings.HasPrefix(name, "/tmp/")) {
			left = append(left, name)
		}
	}
	return left
}

// buried fails unless the life ended as it should: its error says why, nothing is left open, nobody waits.
func (l *living) buried(failed error, cause syscall.Errno) error {
	if failed != nil && !errors.Is(failed, cause) {
		return fmt.Errorf("the error does not say why: %w", failed)
	}
	if l.disk.handles != 0 {
		return fmt.Errorf("%d files are left open after %w", l.disk.handles, failed)
	}
	if l.journal == nil {
		return nil
	}
	dead := l.journal.Err()
	select {
	case <-l.journal.Dead():
		if !errors.Is(dead, ErrDead) || !errors.Is(dead, cause) || l.name != "removed" && !errors.Is(failed, ErrDead) {
			return fmt.Errorf("dead of %w, after %w", dead, failed)
		}
	default:
		if dead != nil {
			return fmt.Errorf("not dead, but %w", dead)
		}
	}
	if err := l.journal.Append(l.more[0]); !errors.Is(err, ErrDead) && !errors.Is(err, ErrClosed) {
		return fmt.Errorf("append after the end: %w", err)
	}
	return nil
}

// remembered fails unless a state is that of some moment, all being known that was vouched for by then.
func (l *living) remembered(got *State) error {
	if got.New && (l.name == "removed" || l.start == nil && l.vouched == 0) {
		return nil
	}
	is := describe(got)
	for k := l.appended; k >= l.vouched; k-- {
		if is == describe(truthOf(slices.Concat(l.before, l.more[:k])).state()) {
			return nil
		}
	}
	return fmt.Errorf("it is of no moment from %d to %d of %d:\n%s", l.vouched, l.appended, len(l.more), is)
}
