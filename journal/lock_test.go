package journal

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestSecondOpenIsRefusedAndTheFirstUnharmed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j, _ := open(t, path, Options{})
	_, _, err := Open(path, testJob, Options{})
	if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), fmt.Sprintf("j.lock is locked by process %d", os.Getpid())) {
		t.Fatal(err)
	}
	must(t, j.Append(outcome(1, Done)))
	must(t, j.Close())
	j, state := open(t, path, Options{})
	if !state.Done.Contains(1) {
		t.Fatal("row 1 is lost")
	}
	must(t, j.Close())
}

func TestTwoNamesOfOneJournalHaveOneLock(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege")
	}
	dir, other := t.TempDir(), t.TempDir()
	j, _ := open(t, filepath.Join(dir, "j"), Options{})
	must(t, os.Symlink(filepath.Join(dir, "j"), filepath.Join(other, "link")))
	must(t, os.Symlink(dir, filepath.Join(other, "dir")))
	for _, path := range []string{filepath.Join(other, "link"), filepath.Join(other, "dir", "j")} {
		if _, _, err := Open(path, testJob, Options{}); !errors.Is(err, ErrLocked) {
			t.Fatal(path, err)
		}
	}
	must(t, j.Close())
}

// TestOtherProcess is the other process of the tests below: it settles one row after the other, says which of them
// are durable, and goes on until it is killed.
func TestOtherProcess(t *testing.T) {
	path := os.Getenv("JOURNAL_TEST_PATH")
	if path == "" {
		t.Skip("is run by another test")
	}
	j, state := open(t, path, Options{Commit: time.Millisecond})
	for row := int64(state.Done.GetCardinality()) + 1; ; row++ {
		must(t, j.Append(outcome(row, Done)))
		if row%64 == 0 {
			must(t, j.Sync(t.Context()))
			fmt.Println("durable", row)
		}
	}
}

// otherProcess starts a process that runs one of the tests, and returns it when it has said something.
func otherProcess(t *testing.T, test, variable, path string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = append(os.Environ(), variable+"="+path)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("it says nothing:", lines.Err())
	}
	return cmd, lines
}

func TestLockOfAKilledProcessIsFree(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	cmd, _ := otherProcess(t, "TestOtherProcess", "JOURNAL_TEST_PATH", path)
	_, _, err := Open(path, testJob, Options{})
	if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), fmt.Sprint(cmd.Process.Pid)) {
		t.Error(err)
	}
	must(t, cmd.Process.Kill())
	_ = cmd.Wait()
	j, state := open(t, path, Options{}) // the lock's file was left behind
	if state.Done.GetCardinality() < 64 {
		t.Error("what was synced is lost")
	}
	must(t, j.Remove())
	requireFiles(t, filepath.Dir(path))
}

func TestKilledAtAnyInstantAPrefixIsLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	for round := range 10 {
		cmd, lines := otherProcess(t, "TestOtherProcess", "JOURNAL_TEST_PATH", path)
		time.Sleep(time.Duration(round) * 1700 * time.Microsecond)
		must(t, cmd.Process.Kill())
		durable := 0
		for more := true; more; more = lines.Scan() {
			_, _ = fmt.Sscanf(lines.Text(), "durable %d", &durable)
		}
		_ = cmd.Wait()
		j, state := open(t, path, Options{})
		n := state.Done.GetCardinality()
		if n < uint64(durable) || n != uint64(state.Done.Maximum()) || state.Damage != nil {
			t.Fatalf("%d rows up to %d, durable %d, damage %v", n, state.Done.Maximum(), durable, state.Damage)
		}
		must(t, j.Close())
	}
}

func TestRemovedLockIsNeverHeldTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.lock")
	var holders, taken atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 400 {
				l, err := acquire(path)
				if errors.Is(err, ErrLocked) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d hold the lock", n)
				}
				taken.Add(1)
				runtime.Gosched()
				holders.Add(-1)
				if err := l.release(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if taken.Load() == 0 {
		t.Error("nobody ever held the lock")
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("the lock's file is left behind:", err)
	}
}

func TestRefusedOpenGivesTheLockBack(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "j")
	must(t, os.WriteFile(path, []byte("no journal"), 0o600))
	for range 2 {
		if _, _, err := Open(path, testJob, Options{}); !errors.Is(err, ErrFormat) {
			t.Fatal(err)
		}
	}
	requireFiles(t, dir, "j")
}
