//go:build unix

package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestSignalsEndAStorm(t *testing.T) {
	t.Parallel()
	h := newHindered(t, storm)
	cmd := h.command(h.job()...)
	h.started(cmd)
	time.Sleep(2 * time.Second) // so that the waits between tries are long
	_ = cmd.Process.Signal(syscall.SIGINT)
	h.ends(cmd, 3*time.Second)
	if !strings.Contains(h.stderr.String(), "to go on:") {
		h.Errorf("it does not say how to go on: %s", &h.stderr)
	}
	h.goesOn()
}

func TestDeadlineEndsAStorm(t *testing.T) {
	t.Parallel()
	h := newHindered(t, storm)
	cmd := h.command(h.job("--deadline", "4s")...)
	h.started(cmd)
	h.ends(cmd, 7*time.Second)
	if !strings.Contains(h.stderr.String(), "deadline reached") {
		h.Errorf("it does not say why: %s", &h.stderr)
	}
	h.goesOn()
}

// fullPipe is the writing end of a pipe that is full and that nobody reads.
func fullPipe(t *testing.T) *os.File {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.Close()
		w.Close()
	})
	fd := int(w.Fd()) // makes it block
	if err := syscall.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	for size := 64 << 10; size > 0; {
		if _, err := syscall.Write(fd, make([]byte, size)); err != nil {
			size /= 2
		}
	}
	if err := syscall.SetNonblock(fd, false); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestSecondSignalEndsWhateverHolds sends two signals to a process that something holds which no context reaches.
func TestSecondSignalEndsWhateverHolds(t *testing.T) {
	for name, hold := range map[string]func(h *hindered) *exec.Cmd{
		"a stalled store": func(h *hindered) *exec.Cmd { return h.command(h.job()...) },
		"stdout that nobody reads": func(h *hindered) *exec.Cmd {
			cmd := h.command(h.job()...)
			cmd.Stdout = fullPipe(h.T)
			return cmd
		},
		"stderr that nobody reads": func(h *hindered) *exec.Cmd {
			cmd := h.command(h.job("--progress", "plain", "--log-level", "debug")...)
			cmd.Stderr = fullPipe(h.T)
			return cmd
		},
		"bars that nobody reads": func(h *hindered) *exec.Cmd {
			cmd := h.command(h.job("--progress", "bar")...)
			cmd.Stderr = fullPipe(h.T)
			return cmd
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHindered(t, stall)
			cmd := hold(h)
			h.started(cmd)
			_ = cmd.Process.Signal(syscall.SIGINT)
			time.Sleep(300 * time.Millisecond)
			_ = cmd.Process.Signal(syscall.SIGINT)
			h.ends(cmd, time.Second)
			h.goesOn()
		})
	}
}

func TestSecondSignalEndsTheWritingOfAReport(t *testing.T) {
	t.Parallel()
	h := newHindered(t, stall)
	h.free.Store(true)
	cmd := h.command(h.job("--report", "-", "--keep-journal")...)
	cmd.Stdout = fullPipe(t)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * time.Second)
	_ = cmd.Process.Signal(syscall.SIGINT)
	time.Sleep(300 * time.Millisecond)
	_ = cmd.Process.Signal(syscall.SIGINT)
	h.ends(cmd, time.Second)
	out, err := h.command(h.job("--report", "-")...).Output()
	if err != nil || strings.Count(string(out), `"status":"done"`) != 2 {
		t.Errorf("the report cannot be had: %v, %s", err, out)
	}
}

// TestTermEndsBeforeItIsKilled: Kubernetes gives 30 s, and the run must have ended before, whatever holds it.
func TestTermEndsBeforeItIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("long: it waits for the grace of SIGTERM")
	}
	holds := map[string]func(t *testing.T) io.Writer{"a stalled store": func(*testing.T) io.Writer { return nil }}
	if os.Getenv("INGEST_TORTURE") != "" {
		holds["stdout that nobody reads"] = func(t *testing.T) io.Writer { return fullPipe(t) }
	}
	for name, stdout := range holds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHindered(t, stall)
			cmd := h.command(h.job()...)
			cmd.Stdout = stdout(t)
			h.started(cmd)
			_ = cmd.Process.Signal(syscall.SIGTERM)
			h.ends(cmd, 25*time.Second)
			h.goesOn()
		})
	}
}

func TestSignalEndsTheWaitForAManifest(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "rows.txt")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, manifest := range map[string]string{"stdin": "-", "fifo": fifo} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHindered(t, stall)
			cmd := h.command("run", manifest, "--format", "list", "--to", "oss://demo/x", "--journal", h.path("j"))
			silent, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			defer silent.Close()
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			_ = cmd.Process.Signal(syscall.SIGINT)
			h.ends(cmd, 2*time.Second)
			if !strings.Contains(h.stderr.String(), "stopped before anything was sent: interrupt") {
				t.Errorf("it does not say so: %s", &h.stderr)
			}
			if _, err := os.Stat(h.path("j")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("there is a journal: %v", err)
			}
		})
	}
}

func TestFirstSignalEndsOtherCommands(t *testing.T) {
	for name, args := range map[string][]string{
		"verify":  {"verify", "rows.txt", "--to", "oss://demo/x"},
		"uploads": {"uploads", "list", "oss://demo/"},
		"plan":    {"plan", "-", "--format", "list", "--to", "oss://demo/x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHindered(t, stall)
			server := httptest.NewServer(http.HandlerFunc(stall))
			t.Cleanup(server.Close)
			cmd := h.command(args...)
			cmd.Env = append(cmd.Env, settingsOf(server.URL)...)
			cmd.Dir = h.dir
			silent, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			defer silent.Close()
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			_ = cmd.Process.Signal(syscall.SIGINT)
			h.ends(cmd, 2*time.Second)
		})
	}
}

func TestHangupIsIgnoredUnderNohup(t *testing.T) {
	t.Parallel()
	nohup, err := exec.LookPath("nohup")
	if err != nil {
		t.Skip("no nohup here: ", err)
	}
	h := newHindered(t, storm)
	cmd := h.wrapped(append([]string{nohup, h.program}, h.job()...)...)
	var out bytes.Buffer
	cmd.Stdout = &out
	h.started(cmd)
	_ = cmd.Process.Signal(syscall.SIGHUP)
	time.Sleep(200 * time.Millisecond)
	h.free.Store(true)
	if err := cmd.Wait(); err != nil || !strings.Contains(out.String(), "2 of 2 rows done") {
		t.Errorf("the run did not go on: %v, %s%s", err, &out, &h.stderr)
	}
}

func TestHangupStopsAndGoesOn(t *testing.T) {
	t.Parallel()
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("ignored here, as under nohup")
	}
	h := newHindered(t, storm)
	cmd := h.command(h.job()...)
	h.started(cmd)
	_ = cmd.Process.Signal(syscall.SIGHUP)
	h.ends(cmd, 3*time.Second)
	h.goesOn()
}

func TestQuitTellsWhereItStandsAndNoSecrets(t *testing.T) {
	t.Parallel()
	h := newHindered(t, stall)
	cmd := h.command(h.job()...)
	h.started(cmd)
	_ = cmd.Process.Signal(syscall.SIGQUIT)
	h.ends(cmd, 3*time.Second)
	dump := h.stderr.String()
	for _, want := range []string{`row 1 "x/large" part `, `: in send for `, "goroutine ", "wire.(*Client).Do\n", "exchange.go:", "to go on:"} {
		if !strings.Contains(dump, want) {
			t.Errorf("the dump has no %q", want)
		}
	}
	for _, secret := range []string{canary, hex.EncodeToString([]byte(canary)), keyID, "(0x"} {
		if strings.Contains(dump, secret) {
			t.Errorf("the dump has %q", secret)
		}
	}
	h.goesOn()
}

// TestStuckPartsAreNamed waits until a store has stood still for longer than a part may.
func TestStuckPartsAreNamed(t *testing.T) {
	if os.Getenv("INGEST_TORTURE") == "" {
		t.Skip("long: set INGEST_TORTURE to wait for more than a minute")
	}
	t.Parallel()
	for _, progress := range []string{"plain", "bar"} {
		h := newHindered(t, stall)
		cmd := h.command(h.job("--progress", progress)...)
		h.started(cmd)
		time.Sleep(patienceWithParts + 2*lookEvery)
		_ = cmd.Process.Signal(syscall.SIGINT)
		h.ends(cmd, grace+leaveAfterFirst)
		if n := strings.Count(h.stderr.String(), "slow or stuck"); n < 1 || n > 4 {
			t.Errorf("%s: %d warnings of at most 4 parts: %s", progress, n, &h.stderr)
		}
		h.goesOn()
	}
}
