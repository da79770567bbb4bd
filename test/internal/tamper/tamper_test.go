package tamper_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ingest-dev/ingest/test/internal/tamper"
)

// The victim is this test binary: it writes lines to a file, one write each, from changing threads, and syncs it.
const lines = 20

func TestMain(m *testing.M) {
	if path := os.Getenv("VICTIM"); path != "" {
		os.Exit(victim(path))
	}
	os.Exit(m.Run())
}

func victim(path string) int {
	f, err := os.Create(path)
	if err != nil {
		return 3
	}
	done := make(chan error)
	for i := range lines {
		go func() {
			_, err := fmt.Fprintf(f, "line %d\n", i)
			done <- err
		}()
		if err := <-done; err != nil {
			return 4
		}
	}
	if err := f.Sync(); err != nil {
		return 5
	}
	return 0
}

// tampered runs the victim under a rule and returns how it ended, and how many lines it wrote.
func tampered(t *testing.T, rule tamper.Rule) (tamper.Outcome, int) {
	t.Helper()
	if err := tamper.Probe(t.Context()); err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	path := filepath.Join(t.TempDir(), "lines")
	rule.On = func(c tamper.Call) bool { return len(c.Paths) == 1 && c.Paths[0] == path }
	out, err := tamper.Run(t.Context(), tamper.Command{
		Path: "/proc/self/exe", Args: []string{"victim"}, Env: []string{"VICTIM=" + path}, Rule: rule,
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return out, strings.Count(string(text), "\n")
}

func TestCallsAreCountedForTheWholeProcess(t *testing.T) {
	out, n := tampered(t, tamper.Rule{Calls: []string{"write"}})
	if out.Status.ExitStatus() != 0 || out.Seen != lines || n != lines || len(out.Struck) != 0 {
		t.Errorf("%+v, %d lines", out, n)
	}
}

func TestProcessIsKilledBeforeTheCall(t *testing.T) {
	for n := 1; n <= lines; n++ {
		out, written := tampered(t, tamper.Rule{Calls: []string{"write"}, First: n, Signal: syscall.SIGKILL})
		if !out.Status.Signaled() || out.Status.Signal() != syscall.SIGKILL || written != n-1 {
			t.Errorf("killed at %d: %+v, %d lines", n, out, written)
		}
	}
}

func TestCallFailsAsTold(t *testing.T) {
	for _, c := range []struct {
		rule  tamper.Rule
		code  int
		lines int
	}{
		{tamper.Rule{Calls: []string{"openat"}, First: 1, Errno: syscall.EMFILE}, 3, 0},
		{tamper.Rule{Calls: []string{"write"}, First: 7, Errno: syscall.EIO}, 4, 6},
		{tamper.Rule{Calls: []string{"write"}, First: 7, Errno: syscall.EINTR}, 0, lines},
		{tamper.Rule{Calls: []string{"fsync"}, First: 1, Last: tamper.Always, Errno: syscall.EIO}, 5, lines},
		{tamper.Rule{Calls: []string{"fsync"}, First: 1, Pretend: true}, 0, lines},
		{tamper.Rule{Calls: []string{"write"}, First: 3, Last: 5, Pretend: true}, 0, lines - 3},
	} {
		out, n := tampered(t, c.rule)
		if out.Status.ExitStatus() != c.code || n != c.lines {
			t.Errorf("%v: exit %d and %d lines, want %d and %d", c.rule, out.Status.ExitStatus(), n, c.code, c.lines)
		}
	}
}
