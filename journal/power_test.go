package journal

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// never is a commit interval that no test lives to see: groups are written when a test asks for it.
const never = time.Hour

// run is what a run of the program does with a journal, until it fails: it appends records, and syncs now and
// then. It returns how many were appended, and how many of them a Sync vouched for.
func run(t *testing.T, d *simDisk, path string, records []Record, rng *rand.Rand) (appended, vouched int, err error) {
	t.Helper()
	j, _, err := Open(path, testJob, Options{files: d, Commit: never})
	if err != nil {
		return 0, 0, err
	}
	for appended < len(records) && err == nil {
		if err = j.Append(records[appended]); err != nil {
			break
		}
		appended++
		if rng.IntN(8) == 0 {
			if err = j.Sync(t.Context()); err == nil {
				vouched = appended
			}
		}
	}
	if closing := j.Close(); closing == nil && err == nil {
		vouched = appended
	} else if err == nil {
		err = closing
	}
	return appended, vouched, err
}

func TestPowerCutLosesWorkButNeverTruth(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	eachSeed(t, 200, func(t *testing.T, rng *rand.Rand) {
		records := someRecords(rng, 120)
		d, stop := newSimDisk(), 10+rng.IntN(110)
		j, _, err := Open(path, testJob, Options{files: d, Commit: never})
		if err != nil {
			t.Fatal(err)
		}
		vouched := 0
		for i, r := range records[:stop] {
			if err := j.Append(r); err != nil {
				t.Fatal(err)
			}
			if rng.IntN(20) == 0 {
				if err := j.Sync(t.Context()); err != nil {
					t.Fatal(err)
				}
				vouched = i + 1
			}
		}
		push(j)
		after := d.cutPower(rng)
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		requireSurvived(t, after, path, records[:stop], vouched)
	})
}

// push has the writer's next batch written but not synced.
func push(j *Journal) {
	j.mu.Lock()
	defer j.mu.Unlock()
	_ = writeAll(j.storage.file, j.buf)
	j.written += int64(len(j.buf))
	j.buf = nil
}

// requireSurvived opens what a power cut left. What was vouched for must be known, and nothing else than the truth.
func requireSurvived(t *testing.T, d *simDisk, path string, records []Record, vouched int) {
	t.Helper()
	s := &storage{files: d, path: path}
	state, err := s.open(testJob)
	if err != nil {
		t.Fatal(err)
	}
	requireTrue(t, state, records, vouched)
	durable, later := truthOf(records[:vouched]), truthOf(records[vouched:])
	for row, o := range durable.outcomes {
		if o.Status == Done && !state.Done.Contains(uint32(row)) {
			t.Fatalf("row %d was done, and synced, and is lost: %v", row, state.Damage)
		}
	}
	for row, u := range durable.uploads {
		if touched(row, records[vouched:]) {
			continue
		}
		if got := state.Upload(row); got == nil || got.Begun != u.Begun {
			t.Fatalf("the upload of row %d was synced and is lost: %v %v", row, state.Damage, later)
		}
	}
}

func touched(row int64, records []Record) bool {
	for _, r := range records {
		switch r := r.(type) {
		case Begun:
			if r.Row == row {
				return true
			}
		case Dropped:
			if r.Row == row {
				return true
			}
		case Outcome:
			if r.Row == row && r.Status != Failed {
				return true
			}
		}
	}
	return false
}

func TestLyingSyncAndPowerCutNeverLie(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	eachSeed(t, 200, func(t *testing.T, rng *rand.Rand) {
		records := someRecords(rng, 100)
		d := newSimDisk()
		n, _, err := run(t, d, path, records[:rng.IntN(40)], rng)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.SyncDir(""); err != nil {
			t.Fatal(err)
		}
		d.lying = true
		more, _, err := run(t, d, path, records[n:40+rng.IntN(60)], rng)
		if err != nil {
			t.Fatal(err)
		}
		n += more
		after := d.cutPower(rng)
		s := &storage{files: after, path: path}
		state, err := s.open(testJob)
		if errors.Is(err, ErrDamaged) || errors.Is(err, ErrFormat) {
			return // a header that was never durable: refused
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range state.Done.ToArray() {
			if truthOf(records[:n]).outcomes[int64(row)].Status != Done {
				t.Fatalf("row %d is taken for done", row)
			}
		}
	})
}

// failing fails the n-th operation of any kind, and all after it if for ever.
func failing(n int, forever bool, cause error) func(string, int) error {
	left := n
	return func(string, int) error {
		left--
		if left == 0 || left < 0 && forever {
			return cause
		}
		return nil
	}
}

func TestEveryOperationFailingIsSurvived(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	for _, cause := range []error{syscall.EIO, syscall.ENOSPC} {
		for _, forever := range []bool{false, true} {
			for n := 1; ; n++ {
				if !survives(t, path, n, forever, cause) {
					break
				}
			}
		}
	}
}

// survives runs a scenario in which the n-th operation fails, and reports whether it got so far.
func survives(t *testing.T, path string, n int, forever bool, cause error) bool {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 1))
	records := someRecords(rng, 60)
	before, more := records[:30], records[30:]
	start, offsets := image(before)
	switch n % 3 { // a journal that is sound, or has to be written anew, or cut
	case 1:
		start = append(start[:len(start):len(start)], start[offsets[20]:offsets[25]]...)
	case 2:
		before, start = before[:29], start[:len(start)-3]
	}
	d := simDiskWith(path, start)
	d.fault = failing(n, forever, cause)
	appended, vouched, err := run(t, d, path, more, rng)
	if n > 200 {
		t.Fatal("it never ends")
	}
	reached := d.count["any"] >= n
	d.fault = nil

	what := fmt.Sprintf("operation %d (%v): %v", n, d.ops, err)
	j, state, err := Open(path, testJob, Options{files: d})
	if err != nil {
		t.Fatal(what, err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(what, err)
	}
	if state.Damage != nil && state.Damage.Missing > 0 {
		t.Fatal(what, state.Damage)
	}
	requireTrue(t, state, slices.Concat(before, more[:appended]), len(before)+vouched)
	return reached
}

func TestDeadAfterAFailedSyncWhateverTheNextOneSays(t *testing.T) {
	for _, op := range []string{"sync", "write"} {
		path := filepath.Join(t.TempDir(), "j")
		d := newSimDisk()
		j, _, err := Open(path, testJob, Options{files: d, Commit: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		before := d.count[op]
		d.mu.Lock()
		d.fault = func(o string, n int) error {
			if o == op && n == before+1 {
				return syscall.EIO
			}
			return nil
		}
		d.mu.Unlock()
		if err := j.Append(begun(1, "a")); err != nil {
			t.Fatal(err)
		}
		requireDead(t, j, j.Sync(t.Context()), syscall.EIO)
		requireDead(t, j, j.Append(begun(2, "b")), syscall.EIO)
		requireDead(t, j, j.Sync(t.Context()), syscall.EIO)
		n := len(d.ops)
		requireDead(t, j, j.Close(), syscall.EIO)
		if len(d.ops) != n {
			t.Fatalf("after the failure came %v", d.ops[n:])
		}
	}
}

func requireDead(t *testing.T, j *Journal, err, cause error) {
	t.Helper()
	if !errors.Is(err, ErrDead) || !errors.Is(err, cause) || !errors.Is(j.Err(), ErrDead) {
		t.Fatalf("error %v, Err %v", err, j.Err())
	}
	select {
	case <-j.Dead():
	default:
		t.Fatal("Dead is open")
	}
}

func TestShortWriteIsAFailedWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	d := newSimDisk()
	j, _, err := Open(path, testJob, Options{files: d, Commit: never})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Append(begun(1, "a")); err != nil {
		t.Fatal(err)
	}
	if err := j.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.short = func(_ string, size int) int { return size - 5 }
	if err := j.Append(part(1, 1)); err != nil {
		t.Fatal(err)
	}
	requireDead(t, j, j.Sync(t.Context()), io.ErrShortWrite)
	_ = j.Close()
	d.short = nil
	s := &storage{files: d, path: path}
	state, err := s.open(testJob)
	if err != nil || state.Torn == 0 || state.Damage != nil || len(state.Upload(1).Parts) != 0 {
		t.Fatal(state, err)
	}
}

func TestReadErrorAtOpenIsNoDamage(t *testing.T) {
	b, _ := image(someRecords(rand.New(rand.NewPCG(1, 1)), 20))
	for n := 1; n < 5; n++ {
		d := simDiskWith("j", b)
		d.fault = func(op string, k int) error {
			if op == "read" && k == n {
				return syscall.EIO
			}
			return nil
		}
		_, err := (&storage{files: d, path: "j"}).open(testJob)
		if d.count["read"] < n {
			return
		}
		touched := slices.ContainsFunc(d.ops, func(op string) bool { return op != "open" && !strings.HasPrefix(op, "sync") })
		if !errors.Is(err, syscall.EIO) || touched || string(d.contents("j")) != string(b) {
			t.Fatalf("read %d: error %v, operations %v", n, err, d.ops)
		}
	}
}

func TestTornEndDoesNotComeBackAfterTheNextPowerCut(t *testing.T) {
	b, offsets := image([]Record{begun(1, "a"), part(1, 1)})
	d := simDiskWith("j", b[:len(b)-1])
	_, err := (&storage{files: d, path: "j"}).open(testJob)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(d.names["j"].synced); got != offsets[1] {
		t.Fatalf("%d bytes are durable, want %d", got, offsets[1])
	}
}

func TestNewJournalOutlivesAPowerCut(t *testing.T) {
	d := newSimDisk()
	if _, err := (&storage{files: d, path: "j"}).open(testJob); err != nil {
		t.Fatal(err)
	}
	if f := d.durable["j"]; f == nil || len(f.synced) == 0 || len(f.synced) != len(f.data) {
		t.Fatal("the new journal is not durable")
	}
}

func TestCrashLoopDuringOpenNeverGrowsTheFile(t *testing.T) {
	records := someRecords(rand.New(rand.NewPCG(4, 1)), 40)
	b, offsets := image(records)
	damaged := append(b[:len(b):len(b)], b[offsets[3]:offsets[9]]...)
	for _, start := range [][]byte{b, b[:len(b)-2], damaged} {
		d := simDiskWith("j", start)
		for n := 1; n < 40; n++ {
			d.fault = failing(n, true, syscall.EIO) // as good as a kill: nothing happens after it
			_, _ = (&storage{files: d, path: "j"}).open(testJob)
			if got := len(d.contents("j")); got > len(start) {
				t.Fatalf("killed at operation %d: %d bytes, were %d", n, got, len(start))
			}
		}
		d.fault = nil
		state, err := (&storage{files: d, path: "j"}).open(testJob)
		if err != nil {
			t.Fatal(err)
		}
		requireTrue(t, state, records, len(records)-1)
	}
}
