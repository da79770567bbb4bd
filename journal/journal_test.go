package journal

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func open(t *testing.T, path string, o Options) (*Journal, *State) {
	t.Helper()
	j, state, err := Open(path, testJob, o)
	if err != nil {
		t.Fatal(err)
	}
	return j, state
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestRecordsAreKnownAfterReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	records := []Record{
		begun(1, "a"), part(1, 1), part(1, 2), begun(2, "b"), part(2, 1), Dropped{2},
		outcome(3, Done), outcome(4, Unverified), outcome(1, Failed), outcome(5, Failed), outcome(5, Done),
	}
	j, state := open(t, path, Options{Tool: "v1"})
	if !state.New {
		t.Fatal("not new")
	}
	for _, r := range records {
		must(t, j.Append(r))
	}
	must(t, j.Close())
	j, state = open(t, path, Options{})
	if state.New || state.Torn != 0 || state.Damage != nil {
		t.Fatalf("%+v", state)
	}
	requireState(t, state, records)
	must(t, j.Close())
}

func TestFilesArePrivate(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "j")
	b, offsets := image([]Record{begun(1, "a"), outcome(1, Done), outcome(2, Done)})
	must(t, os.WriteFile(path, append(b[:offsets[1]:offsets[1]], b[offsets[2]:]...), 0o600))
	j, state := open(t, path, Options{})
	for _, p := range []string{path, path + ".lock", path + ".corrupt", state.Damage.Copy} {
		info, err := os.Stat(p)
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", p, info.Mode())
		}
	}
	must(t, j.Close())
}

func TestFinishedJobLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	j, _ := open(t, filepath.Join(dir, "j"), Options{})
	must(t, j.Append(outcome(1, Done)))
	must(t, j.Remove())
	must(t, j.Remove())
	requireFiles(t, dir)
}

func requireFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("files %v, want %v", got, want)
	}
}

func TestClosedJournalIsOfNoUse(t *testing.T) {
	dir := t.TempDir()
	j, _ := open(t, filepath.Join(dir, "j"), Options{})
	must(t, j.Close())
	must(t, j.Close())
	for _, err := range []error{j.Append(outcome(1, Done)), j.Sync(t.Context()), j.Remove()} {
		if !errors.Is(err, ErrClosed) {
			t.Fatal(err)
		}
	}
	requireFiles(t, dir, "j")
}

func TestTemporaryJournalHasNoName(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	j, state, err := Temporary(testJob, Options{})
	must(t, err)
	if !state.New {
		t.Fatal("not new")
	}
	must(t, j.Append(outcome(7, Done)))
	must(t, j.Sync(t.Context()))
	o, err := j.Outcomes(t.Context(), 10)
	must(t, err)
	if out, ok, err := o.Get(7); err != nil || !ok || out != outcome(7, Done) {
		t.Fatal(out, ok, err)
	}
	requireFiles(t, dir)
	must(t, o.Close())
	must(t, j.Close())
	requireFiles(t, dir)
}

func TestTemporaryJournalWithoutDirectoryIsAnError(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	if _, _, err := Temporary(testJob, Options{}); err == nil {
		t.Fatal("no error")
	}
}

func TestOtherJobIsRefusedAndSaysWhatDiffers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j, _ := open(t, path, Options{})
	must(t, j.Append(outcome(1, Done)))
	must(t, j.Close())
	before, err := os.ReadFile(path)
	must(t, err)
	for _, c := range []struct {
		change func(*Job)
		says   string
	}{
		{func(j *Job) { j.Manifest[0]++ }, "ab01"},
		{func(j *Job) { j.Rows++ }, "1000 in the journal and 1001 now"},
		{func(j *Job) { j.Target = "oss://other" }, `target is "oss://bucket/prefix" in the journal and "oss://other" now`},
		{func(j *Job) { j.Root = "/else" }, `root is "/data" in the journal and "/else" now`},
	} {
		other := testJob
		c.change(&other)
		_, _, err := Open(path, other, Options{})
		if !errors.Is(err, ErrOtherJob) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("error %v, want %s", err, c.says)
		}
	}
	after, err := os.ReadFile(path)
	must(t, err)
	if string(before) != string(after) {
		t.Fatal("the file was touched")
	}
	requireFiles(t, filepath.Dir(path), "j")
}

func TestNewerVersionIsRefusedAndNamed(t *testing.T) {
	h := &Header{Version: Version + 1, Job: testJob}
	b := h.encode()
	requireRefused(t, b, ErrFormat)
	_, err := decodeHeader(b)
	if !strings.Contains(err.Error(), "version 3") || !strings.Contains(err.Error(), "versions 1 to 2") {
		t.Fatal(err)
	}
	requireRefused(t, (&Header{Version: oldestVersion - 1, Job: testJob}).encode(), ErrFormat)
	b[8] = 4 // a version that is only damage
	requireRefused(t, b, ErrDamaged)
}

func TestWhatIsNoJournalIsRefused(t *testing.T) {
	requireRefused(t, []byte("{"), ErrFormat)
	requireRefused(t, []byte(`{"source":"data/a.parquet"}`), ErrFormat)
	if _, _, err := Open(t.TempDir(), testJob, Options{}); !errors.Is(err, ErrFormat) {
		t.Fatal("a directory:", err)
	}
	if _, _, err := Open(filepath.Join(t.TempDir(), "no", "j"), testJob, Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Fatal("no directory:", err)
	}
}

func TestEmptyFileIsANewJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	must(t, os.WriteFile(path, nil, 0o600))
	j, state := open(t, path, Options{})
	if !state.New {
		t.Fatal("not new")
	}
	must(t, j.Close())
}

func TestJobTooLongIsRefused(t *testing.T) {
	job := Job{Target: strings.Repeat("x", 4097)}
	if _, _, err := Open(filepath.Join(t.TempDir(), "j"), job, Options{}); !errors.Is(err, ErrRecord) {
		t.Fatal(err)
	}
	if _, _, err := Temporary(job, Options{}); !errors.Is(err, ErrRecord) {
		t.Fatal(err)
	}
}

func TestLongestJobAndToolComeBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	job := Job{Rows: 1, Target: strings.Repeat("x", 4096), Root: strings.Repeat("ä", 2048)}
	for range 2 {
		j, _, err := Open(path, job, Options{Tool: strings.Repeat("v", 100)})
		must(t, err)
		must(t, j.Close())
	}
}

func TestGroupIsCommittedInTimeWithoutBeingAsked(t *testing.T) {
	d := newSimDisk()
	j, _ := open(t, filepath.Join(t.TempDir(), "j"), Options{files: d, Commit: 5 * time.Millisecond})
	must(t, j.Append(outcome(1, Done)))
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		j.mu.Lock()
		synced := j.synced
		j.mu.Unlock()
		if synced == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("not synced")
		}
	}
	must(t, j.Close())
}

func TestSyncDoesNotWaitForTheTick(t *testing.T) {
	j, _ := open(t, filepath.Join(t.TempDir(), "j"), Options{Commit: never})
	must(t, j.Append(begun(1, "a")))
	must(t, j.Sync(t.Context()))
	must(t, j.Close())
}

func TestIdleJournalIsNotSynced(t *testing.T) {
	d := newSimDisk()
	j, _ := open(t, filepath.Join(t.TempDir(), "j"), Options{files: d, Commit: time.Millisecond})
	before := d.count["sync"]
	must(t, j.Sync(t.Context()))
	time.Sleep(20 * time.Millisecond)
	must(t, j.Close())
	if n := d.count["sync"] - before; n != 0 {
		t.Fatal(n, "syncs")
	}
}

func TestConcurrentSyncsShareAndVouch(t *testing.T) {
	const workers, each = 16, 200
	path := filepath.Join(t.TempDir(), "j")
	d := newSimDisk()
	j, _ := open(t, path, Options{files: d, Commit: time.Millisecond})
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range each {
				row := int64(w*each + i + 1)
				if err := errors.Join(j.Append(outcome(row, Done)), j.Sync(t.Context())); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	syncs := d.count["sync"]
	after := d.cutPower(rand.New(rand.NewPCG(1, 1)))
	must(t, j.Close())
	state, err := (&storage{files: after, path: path}).open(testJob)
	must(t, err)
	if n := state.Done.GetCardinality(); n != workers*each {
		t.Fatalf("%d rows are durable", n)
	}
	if syncs >= workers*each {
		t.Fatalf("%d syncs for %d calls", syncs, workers*each)
	}
}

func TestSyncEndsWithItsContext(t *testing.T) {
	d := newSimDisk()
	j, _ := open(t, filepath.Join(t.TempDir(), "j"), Options{files: d, Commit: never})
	must(t, j.Append(begun(1, "a")))
	d.mu.Lock() // the disk hangs
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	if err := j.Sync(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	d.mu.Unlock()
	must(t, j.Close())
}

func TestAppendWaitsForASlowDiskAndGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	d := newSimDisk()
	j, _ := open(t, path, Options{files: d, Commit: never})
	d.mu.Lock() // the disk hangs
	const rows = 120_000
	var wg sync.WaitGroup
	wg.Go(func() {
		for row := int64(1); row <= rows; row++ {
			if err := j.Append(outcome(row, Done)); err != nil {
				t.Error(err)
				return
			}
		}
	})
	time.Sleep(300 * time.Millisecond)
	j.mu.Lock()
	held := len(j.buf)
	j.mu.Unlock()
	d.mu.Unlock()
	wg.Wait()
	must(t, j.Close())
	if held > bufferLimit+maxFrame {
		t.Fatalf("%d bytes held", held)
	}
	state, err := (&storage{files: d, path: path}).open(testJob)
	must(t, err)
	if n := state.Done.GetCardinality(); n != rows {
		t.Fatalf("%d rows", n)
	}
}

func TestDeathFreesThoseWhoWait(t *testing.T) {
	d := newSimDisk()
	j, _ := open(t, filepath.Join(t.TempDir(), "j"), Options{files: d, Commit: never})
	d.mu.Lock()
	d.fault = func(string, int) error { return errors.New("gone") }
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for j.Append(outcome(1, Failed)) == nil {
			}
		})
		wg.Go(func() {
			for j.Sync(t.Context()) == nil {
				time.Sleep(time.Millisecond)
			}
		})
	}
	time.Sleep(20 * time.Millisecond)
	d.mu.Unlock()
	<-j.Dead()
	wg.Wait()
	if err := j.Close(); !errors.Is(err, ErrDead) {
		t.Fatal(err)
	}
}

func TestAppendAllocatesNothing(t *testing.T) {
	j, _ := open(t, filepath.Join(t.TempDir(), "j"), Options{Commit: never})
	j.buf, j.spare = make([]byte, 0, bufferLimit), make([]byte, 0, bufferLimit)
	p, o := part(1, 1), outcome(1, Failed)
	o.Failure = &Failure{Message: "m"}
	if n := testing.AllocsPerRun(1000, func() { must(t, errors.Join(j.Append(p), j.Append(o))) }); n != 0 {
		t.Fatal(n, "allocations")
	}
	must(t, j.Remove())
}

// What was appended must survive SIGKILL long before it is synced: it is in the file at once.
func TestRecordIsInTheFileBeforeItIsSynced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	job := Job{Rows: 9}
	j, _, err := Open(path, job, Options{Commit: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	for row := int64(1); row <= 9; row++ {
		if err := j.Append(Outcome{Row: row, Status: Done, Attempts: 1}); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		s, err := Peek(path, job)
		if err != nil {
			t.Fatal(err)
		}
		if s.Done.GetCardinality() == 9 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of 9 records are in the file", s.Done.GetCardinality())
		}
	}
}
