//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// interrupted starts a program that sends to a directory, interrupts it once it does, and returns how it ended.
func interrupted(t *testing.T, out string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	program, err := selfAsIngest()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(patient(t), program, args...)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if puts, _ := filepath.Glob(filepath.Join(out, ".ingest-bench-*", "put-*")); len(puts) > 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing is sent: %s", &e)
		}
	}
	time.Sleep(300 * time.Millisecond)
	_ = cmd.Process.Signal(os.Interrupt)
	_ = cmd.Wait()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		t.Fatalf("killed by %v: %s", status.Signal(), &e)
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

func TestSignalLeavesNothingOfABenchAndTellsWhatWasMeasured(t *testing.T) {
	out := t.TempDir()
	code, stdout, stderr := interrupted(t, out, "bench", "file://"+out, "--size", "1000", "--parallel", "2", "--duration", "1m")
	if code != exitStopped || !strings.Contains(stderr, "stopped before the end: interrupt") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if !strings.Contains(stdout, "1000B") {
		t.Errorf("what was measured is not told: %s", stdout)
	}
	if left, _ := os.ReadDir(out); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func TestSignalLeavesNothingOfATune(t *testing.T) {
	out, rows := t.TempDir(), filepath.Join(t.TempDir(), "rows.jsonl")
	if err := os.WriteFile(rows, []byte(`{"source":"a","size":1000}`+"\n"+`{"source":"b","size":5000000}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	profile := rows + ".yaml"
	code, stdout, stderr := interrupted(t, out, "tune", rows, "--to", "file://"+out, "--duration", "4s", "--profile", profile)
	if code != exitStopped || !strings.Contains(stdout, "best: ") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	if _, err := os.Stat(profile); err != nil {
		t.Errorf("the best so far is not written: %v", err)
	}
	if left, _ := os.ReadDir(out); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}
