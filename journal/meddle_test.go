//go:build !windows

package journal

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// deeds are what others may do to the file of an open journal, after which nothing may be vouched for in it.
var deeds = map[string]func(t *testing.T, path string){
	"removed": func(t *testing.T, path string) { must(t, os.Remove(path)) },
	"renamed": func(t *testing.T, path string) { must(t, os.Rename(path, path+".old")) },
	"emptied": func(t *testing.T, path string) { must(t, os.Truncate(path, 0)) },
	// A byte alone is zero in one file of 256, and then the hole that takes its place is no change.
	"cut":          func(t *testing.T, path string) { must(t, os.Truncate(path, size(t, path)-checksumSize)) },
	"cut in half":  func(t *testing.T, path string) { must(t, os.Truncate(path, size(t, path)/2)) },
	"rewritten":    func(t *testing.T, path string) { must(t, os.WriteFile(path, []byte("mine"), 0o600)) },
	"overwritten":  func(t *testing.T, path string) { must(t, os.WriteFile(path, make([]byte, size(t, path)), 0o600)) },
	"a copy":       func(t *testing.T, path string) { replace(t, path, func() { copyFile(t, path+".old", path) }) },
	"another file": func(t *testing.T, path string) { replace(t, path, func() { must(t, os.WriteFile(path, nil, 0o600)) }) },
	"a link to it": func(t *testing.T, path string) { replace(t, path, func() { must(t, os.Symlink(path+".old", path)) }) },
	"a pipe":       func(t *testing.T, path string) { replace(t, path, func() { must(t, syscall.Mkfifo(path, 0o600)) }) },
	"a folder":     func(t *testing.T, path string) { replace(t, path, func() { must(t, os.Mkdir(path, 0o700)) }) },
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	return info.Size()
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	must(t, err)
	must(t, os.WriteFile(to, b, 0o600))
}

// replace moves the journal away and puts something else in its place.
func replace(t *testing.T, path string, put func()) {
	t.Helper()
	must(t, os.Rename(path, path+".old"))
	put()
}

func TestMeddledJournalIsVouchedFor(t *testing.T) {
	for deed, do := range deeds {
		path := filepath.Join(t.TempDir(), "j")
		j, _ := open(t, path, Options{Commit: never})
		must(t, errors.Join(j.Append(begun(1, "a")), j.Append(part(1, 1)), j.Sync(t.Context())))
		do(t, path)
		must(t, j.Append(outcome(1, Done)))
		err := j.Sync(t.Context())
		if !errors.Is(err, ErrDead) || !errors.Is(err, ErrChanged) || !errors.Is(j.Err(), ErrDead) {
			t.Fatalf("%s: sync: %v", deed, err)
		}
		<-j.Dead()
		before, _ := os.Lstat(path)
		if err := j.Remove(); before != nil && !errors.Is(err, ErrChanged) || before == nil && err != nil {
			t.Errorf("%s: remove: %v", deed, err)
		}
		if after, _ := os.Lstat(path); before != nil && !os.SameFile(before, after) {
			t.Errorf("%s: what is not the journal was removed", deed)
		}
	}
}

func TestCloseOfAJournalThatIsGoneSaysNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j, _ := open(t, path, Options{})
	must(t, errors.Join(j.Append(outcome(1, Done)), j.Sync(t.Context()), os.Remove(path)))
	if err := j.Close(); !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), "removed") {
		t.Fatal(err)
	}
	requireFiles(t, filepath.Dir(path))
}

func TestRemovalOfAJournalThatIsGoneFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j, _ := open(t, path, Options{})
	must(t, os.Remove(path))
	must(t, j.Remove())
	requireFiles(t, filepath.Dir(path))
}

func TestRemovalTakesWhatIsNotTheJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j, _ := open(t, path, Options{})
	must(t, errors.Join(os.Remove(path), os.WriteFile(path, []byte("mine"), 0o600)))
	if err := j.Remove(); !errors.Is(err, ErrChanged) {
		t.Error(err)
	}
	requireText(t, path, "mine")
	requireFiles(t, filepath.Dir(path), "j")
}

// What another hand appends lies where the next records are written, and is written over.
func TestForeignBytesAtTheEndBreakTheJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j, _ := open(t, path, Options{})
	must(t, errors.Join(j.Append(outcome(1, Done)), j.Sync(t.Context())))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString(strings.Repeat("log line\n", 100))
	must(t, errors.Join(err, f.Close(), j.Append(outcome(2, Done)), j.Sync(t.Context()), j.Close()))
	j, state := open(t, path, Options{})
	requireState(t, state, []Record{outcome(1, Done), outcome(2, Done)})
	if state.Damage != nil || state.Torn == 0 {
		t.Error(state.Damage, state.Torn)
	}
	must(t, j.Close())
}

func TestLockThatACleanerRemovedLetsASecondRunIn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j, _ := open(t, path, Options{})
	must(t, os.Remove(path+".lock"))
	for range 2 {
		if _, _, err := Open(path, testJob, Options{}); !errors.Is(err, ErrLocked) {
			t.Fatal(err)
		}
		if err := Discard(path); !errors.Is(err, ErrLocked) {
			t.Fatal(err)
		}
	}
	must(t, errors.Join(j.Append(outcome(1, Done)), j.Sync(t.Context()), j.Close()))
	j, state := open(t, path, Options{})
	requireState(t, state, []Record{outcome(1, Done)})
	must(t, j.Remove())
	requireFiles(t, filepath.Dir(path))
}

func TestCleanerThatRemovesLocksLetsTwoRunsIn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j, _ := open(t, path, Options{})
	must(t, j.Close())
	var holders, row atomic.Int64
	var runs, cleaner sync.WaitGroup
	stop := make(chan struct{})
	cleaner.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				_ = os.Remove(path + ".lock")
				runtime.Gosched()
			}
		}
	})
	for range 4 {
		runs.Go(func() {
			for row.Load() < 16 {
				j, _, err := Open(path, testJob, Options{Commit: never})
				if errors.Is(err, ErrLocked) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d have the journal", n)
				}
				err = errors.Join(j.Append(outcome(row.Add(1), Done)), j.Sync(t.Context()))
				holders.Add(-1)
				if err := errors.Join(err, j.Close()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	runs.Wait()
	close(stop)
	cleaner.Wait()
	_ = os.Remove(path + ".lock")
	j, state := open(t, path, Options{})
	if n := state.Done.GetCardinality(); n != uint64(row.Load()) || state.Damage != nil || state.Torn != 0 {
		t.Errorf("%d of %d rows are done: %v", n, row.Load(), state.Damage)
	}
	must(t, j.Close())
}

func TestSecondNameOfTheFileLetsASecondRunIn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j, _ := open(t, path, Options{})
	must(t, os.Link(path, path+"2"))
	if _, _, err := Open(path+"2", testJob, Options{}); !errors.Is(err, ErrLocked) {
		t.Fatal(err)
	}
	must(t, j.Close())
	requireFiles(t, filepath.Dir(path), "j", "j2")
}

func TestWhatIsNoFileIsOpened(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "folder"), 0o700))
	must(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(dir, "socket"))
	must(t, err)
	defer l.Close()
	for _, to := range []string{"folder", "pipe", "socket", os.DevNull, "/dev/zero"} {
		path := filepath.Join(dir, "link to "+filepath.Base(to))
		if !filepath.IsAbs(to) {
			to = filepath.Join(dir, to)
		}
		symlink(t, to, path)
		_, _, opened := Open(path, testJob, Options{})
		_, peeked := Peek(path, testJob)
		for _, err := range []error{opened, peeked, Discard(path)} {
			// No lock can be made beside a device where one may not write.
			if !errors.Is(err, ErrFormat) && !errors.Is(err, os.ErrPermission) {
				t.Errorf("%s: %v", to, err)
			}
		}
	}
}
