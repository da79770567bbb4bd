package journal

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestPeekingChangesNothingAndNeedsNoLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	job := Job{Rows: 3, Target: "a"}
	if s, err := Peek(path, job); err != nil || !s.New {
		t.Fatalf("%+v, %v", s, err)
	}
	j, _, err := Open(path, job, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if err := errors.Join(j.Append(Outcome{Row: 2, Status: Done, Size: 7, Attempts: 1}), j.Sync(t.Context())); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	s, err := Peek(path, job)
	if err != nil || !s.Done.Contains(2) || s.Bytes != 7 || s.New {
		t.Fatalf("%+v, %v", s, err)
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Error("peeking changed the file")
	}
	if _, err := Peek(path, Job{Rows: 3, Target: "b"}); !errors.Is(err, ErrOtherJob) {
		t.Errorf("another job's journal: %v", err)
	}
}

func TestDiscardTakesNoJournalFromARun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j, _, err := Open(path, Job{Rows: 1}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := Discard(path); !errors.Is(err, ErrLocked) {
		t.Errorf("while a run has it: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Discard(path); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(path + "*"); len(left) != 0 {
		t.Errorf("%v are left", left)
	}
}
