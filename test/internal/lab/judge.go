package lab

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// mostCode is the last exit code of the table.
const mostCode = 6

// crashed is what the runtime prints of a program that died of a fault of its own.
var crashed = regexp.MustCompile(`(?m)^(panic: |fatal error: |goroutine \d+ .*\[|SIG[A-Z]+: |unexpected fault address|WARNING: DATA RACE)`)

// judge looks at what has to hold after every run.
func (t *Trial) judge(c Command, r *Result) {
	t.Helper()
	switch {
	case r.hung:
		t.Fatalf("it hung: %v", r)
	case c.Dies, r.asked(c):
	case r.Signal != 0 && !r.killed:
		t.Fatalf("it died of a signal that nobody sent: %v", r)
	case r.Signal == 0 && (r.Code < 0 || r.Code > mostCode):
		t.Fatalf("no exit code of the table: %v", r)
	case crashed.Match(r.Stderr):
		t.Fatalf("it crashed: %v", r)
	case r.Code > 0 && !bytes.Contains(r.Stderr, []byte("ingest: ")):
		t.Fatalf("it does not say what is wrong: %v", r)
	}
	t.holdsNoSecret("stdout", r.Stdout)
	t.holdsNoSecret("stderr", r.Stderr)
	t.lookAtFiles()
}

// asked reports whether the process was made to print its stacks and end.
func (r *Result) asked(c Command) bool {
	return c.Kill.Signal == syscall.SIGQUIT || c.Kill.Signal == syscall.SIGABRT
}

// lookAtFiles wants no secret in the trial's files, and nobody but their user to be able to read them.
func (t *Trial) lookAtFiles() {
	t.Helper()
	err := filepath.WalkDir(t.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: mode %v", path, info.Mode())
		}
		if !info.Mode().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(path)
		t.holdsNoSecret(path, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (t *Trial) holdsNoSecret(where string, text []byte) {
	t.Helper()
	for _, secret := range []string{t.keys.secret, t.keys.token, "Signature=", "Authorization:"} {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("%q is in %s: %s", secret, where, tail(text))
		}
	}
}

// Finish runs the program once more, leaves it alone, and looks at what came of it all; see Arrived.
func (t *Trial) Finish() *Result {
	t.Helper()
	r := t.Run(Command{})
	t.Arrived(r)
	return r
}

// Arrived wants the last run to have ended well. Then every object is its source, nothing is left of what was begun,
// the report has each row once, and the journal is gone.
func (t *Trial) Arrived(r *Result) {
	t.Helper()
	if s, ok := r.Summary(); r.Code != 0 || !ok || s.Done != int64(len(t.Sources)) || s.Failed+s.Unverified != 0 {
		t.Fatalf("the last run: %v\nafter: %v", r, t.before())
	}
	t.EveryObjectIsItsSource()
	t.NothingIsLeft()
	t.ReportHasEachRowOnce()
}

// before is the run before the last, for those who wonder.
func (t *Trial) before() *Result {
	if n := len(t.Runs); n > 1 {
		return t.Runs[n-2]
	}
	return &Result{}
}

// Over reports whether a run that was killed had done its job, all but for saying so: the report is there, and the
// journal is deleted already. Run again it is another job, which sends everything.
func (t *Trial) Over() bool {
	_, journal := os.Lstat(t.Journal)
	_, report := os.Lstat(t.Report)
	return errors.Is(journal, fs.ErrNotExist) && report == nil
}

// EveryObjectIsItsSource reads everything back.
func (t *Trial) EveryObjectIsItsSource() {
	t.Helper()
	for _, s := range t.Sources {
		got, err := t.Object(s)
		if err != nil || !bytes.Equal(got, t.Content(s)) {
			t.Fatalf("%s: %d bytes, which are not the source's %d: %v\nafter: %v", s.Name, len(got), s.Size, err, t.before())
		}
	}
}

// NothingIsLeft wants no upload open, and no file of the run there but its report.
func (t *Trial) NothingIsLeft() {
	t.Helper()
	open, err := t.objects.uploads(t.Context(), t.Prefix)
	if err != nil || len(open) > 0 {
		t.Fatalf("left open: %q, %v\nafter: %v", open, err, t.before())
	}
	for _, path := range []string{t.Journal, t.Journal + ".lock", t.Journal + ".ingest-tmp"} {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left: %v", path, err)
		}
	}
}

// Line is one of the report's.
type Line struct {
	Row    int
	Key    string
	Status string
	Size   int64
	Error  json.RawMessage
}

// ReportHasEachRowOnce wants one line for each row, done, in their order.
func (t *Trial) ReportHasEachRowOnce() {
	t.Helper()
	text, err := os.ReadFile(t.Report)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	if len(lines) != len(t.Sources) {
		t.Fatalf("%d lines report %d rows", len(lines), len(t.Sources))
	}
	for i, s := range t.Sources {
		var l Line
		err := json.Unmarshal(lines[i], &l)
		if err != nil || l.Row != i+1 || l.Status != "done" || l.Size != int64(s.Size) || l.Error != nil {
			t.Errorf("line %d: %s, %v", i+1, lines[i], err)
		}
	}
}

// LitterIsSwept wants a directory's staging folder to be gone after one more run, if what was left there when runs were
// killed is more than an hour old. What is younger may be another process's.
func (t *Trial) LitterIsSwept() {
	t.Helper()
	folder := filepath.Join(t.Destination(), staging)
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * time.Hour)
	for _, e := range entries {
		if err := os.Chtimes(filepath.Join(folder, e.Name()), old, old); err != nil {
			t.Fatal(err)
		}
	}
	t.Finish()
	if left, err := os.ReadDir(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is left, %v, of %v", left, err, entries)
	}
}

// SentAgain returns how many parts and objects were stored, and how often one was that had been before.
func (t *Trial) SentAgain() (all, again int) { return t.Meter.Sent(t.Prefix) }
