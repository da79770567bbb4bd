//go:build unix

package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// slow is a run that takes many seconds, in a directory of its own.
type slow struct {
	*testing.T
	dir    string
	cmd    *exec.Cmd
	stderr bytes.Buffer
}

func newSlow(t *testing.T) *slow {
	s := &slow{T: t, dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(s.dir, "large"), make([]byte, 40<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "rows.txt"), []byte("large\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *slow) run(flags ...string) *exec.Cmd {
	program, err := selfAsIngest()
	if err != nil {
		s.Fatal(err)
	}
	args := append([]string{"run", filepath.Join(s.dir, "rows.txt"), "--to", "file://" + filepath.Join(s.dir, "out"),
		"--part-size", "1MiB", "--parallel", "2"}, flags...)
	cmd := exec.CommandContext(patient(s.T), program, args...)
	cmd.Stderr = &s.stderr
	return cmd
}

// begun starts a slow run and returns when its upload is in the journal, and some parts may be.
func (s *slow) begun(flags ...string) {
	s.cmd = s.run(append(flags, "--limit-rate", "4MiB")...)
	if err := s.cmd.Start(); err != nil {
		s.Fatal(err)
	}
	journal := filepath.Join(s.dir, "rows.txt.journal")
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if info, err := os.Stat(journal); err == nil && info.Size() > 240 {
			return
		}
		if time.Now().After(deadline) {
			s.Fatalf("no upload is in the journal: %s", &s.stderr)
		}
	}
}

// ended wants the run to end with code 3 within a time, and to say how to go on; then it goes on, to the end.
func (s *slow) ended(within time.Duration) {
	began := time.Now()
	_ = s.cmd.Wait()
	if code := s.cmd.ProcessState.ExitCode(); code != exitStopped || time.Since(began) > within {
		s.Fatalf("exit %d after %v, want %d within %v: %s", code, time.Since(began), exitStopped, within, &s.stderr)
	}
	if !strings.Contains(s.stderr.String(), "to go on:") {
		s.Errorf("it does not say how to go on: %s", &s.stderr)
	}
	if out, err := s.run().Output(); err != nil || !strings.Contains(string(out), "parts were there already") {
		s.Errorf("it does not go on: %v, %s%s", err, out, &s.stderr)
	}
}

func TestFirstSignalLetsPartsFinish(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			if signal.Ignored(sig) {
				t.Skip("ignored here, as under nohup: the run goes on, which is right")
			}
			s := newSlow(t)
			s.begun()
			time.Sleep(time.Second)
			_ = s.cmd.Process.Signal(sig)
			s.ended(10 * time.Second)
		})
	}
}

func TestSecondSignalStopsAtOnce(t *testing.T) {
	s := newSlow(t)
	s.begun("--part-size", "16MiB")
	_ = s.cmd.Process.Signal(syscall.SIGINT)
	time.Sleep(200 * time.Millisecond)
	_ = s.cmd.Process.Signal(syscall.SIGINT)
	began := time.Now()
	_ = s.cmd.Wait()
	if code := s.cmd.ProcessState.ExitCode(); code != exitStopped || time.Since(began) > time.Second {
		t.Errorf("exit %d after %v: %s", code, time.Since(began), &s.stderr)
	}
}

func TestDeadlineStopsTheRun(t *testing.T) {
	s := newSlow(t)
	s.begun("--deadline", "2s")
	s.ended(10 * time.Second)
	if !strings.Contains(s.stderr.String(), "deadline reached") {
		t.Errorf("it does not say why: %s", &s.stderr)
	}
}

func TestAbortLeavesAJobThatRuns(t *testing.T) {
	s := newSlow(t)
	s.begun()
	time.Sleep(time.Second) // for some parts
	defer s.ended(10 * time.Second)
	defer s.cmd.Process.Signal(os.Interrupt)
	rows, out := filepath.Join(s.dir, "rows.txt"), "file://"+filepath.Join(s.dir, "out")
	if code, _, stderr := ingest(t, "uploads", "abort", out, "--manifest", rows); code != exitJournal || !strings.Contains(stderr, "locked") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if code, stdout, stderr := ingest(t, "uploads", "list", out, "--manifest", rows, "--json"); code != exitDone || !strings.Contains(stdout, `"row":1`) {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
}

func TestFirstSignalEndsTheContextAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	s, c := &signals{cancel: cancel, stderr: io.Discard}, countdown{}
	s.instead(func(os.Signal) time.Duration { return time.Hour })
	s.answer(os.Interrupt, &c)
	if ctx.Err() != nil || c.patience == nil {
		t.Errorf("after the first: %v", context.Cause(ctx))
	}
	s.answer(os.Interrupt, &c)
	if ctx.Err() == nil || c.leave == nil {
		t.Error("the second does not end it")
	}
}
