//go:build unix

package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// hindered is a job of a few parts into a store that can be made to answer badly, or not at all.
type hindered struct {
	*testing.T
	dir     string
	program string
	env     []string
	arrived atomic.Int64  // parts
	met     chan struct{} // one for each part that met the hindrance
	free    atomic.Bool   // no hindrance any more
	stderr  locked
}

// locked is a buffer that may be read while a process writes it.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newHindered hinders every part but the first two that come. A hindrance is a handler.
func newHindered(t *testing.T, hindrance http.HandlerFunc) *hindered {
	program, err := selfAsIngest()
	if err != nil {
		t.Fatal(err)
	}
	h := &hindered{T: t, dir: t.TempDir(), program: program, met: make(chan struct{}, 1000)}
	for name, data := range map[string][]byte{"rows.txt": []byte("large\nsmall\n"), "large": make([]byte, 6<<20), "small": []byte("x")} {
		if err := os.WriteFile(h.path(name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(storeBehind(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("partNumber") == "" || h.free.Load() || h.arrived.Add(1) <= 2 {
			return false
		}
		h.met <- struct{}{}
		hindrance(w, r)
		return true
	}))
	t.Cleanup(server.Close)
	h.env = append(os.Environ(), settingsOf(server.URL)...)
	return h
}

func (h *hindered) path(name string) string { return filepath.Join(h.dir, name) }

func (h *hindered) command(args ...string) *exec.Cmd {
	return h.wrapped(append([]string{h.program}, args...)...)
}

// wrapped is a command line whose program starts ours.
func (h *hindered) wrapped(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(patient(h.T), args[0], args[1:]...)
	cmd.Env, cmd.Stderr = h.env, &h.stderr
	return cmd
}

func (h *hindered) job(flags ...string) []string {
	return append([]string{"run", h.path("rows.txt"), "--to", "oss://demo/x", "--part-size", "1MiB", "--parallel", "4"}, flags...)
}

// started returns when two parts have met the hindrance. Two others are stored then.
func (h *hindered) started(cmd *exec.Cmd) {
	h.Helper()
	if err := cmd.Start(); err != nil {
		h.Fatal(err)
	}
	for range 2 {
		select {
		case <-h.met:
		case <-time.After(patience):
			h.Fatalf("no part was hindered: %s", &h.stderr)
		}
	}
	time.Sleep(500 * time.Millisecond) // for the journal's next commit
}

// ends wants the process to end with code 3 within a time from now.
func (h *hindered) ends(cmd *exec.Cmd, within time.Duration) {
	h.Helper()
	began := time.Now()
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitStopped || time.Since(began) > within {
		h.Errorf("exit %d after %v, want %d within %v: %s", code, time.Since(began), exitStopped, within, &h.stderr)
	}
	if strings.Contains(h.stderr.String(), canary) {
		h.Error("the secret is in what was printed")
	}
}

// goesOn frees the store and wants the same command to end the job without sending everything again.
func (h *hindered) goesOn() {
	h.Helper()
	h.free.Store(true)
	out, err := h.command(h.job()...).Output()
	if err != nil || !strings.Contains(string(out), "2 of 2 rows done") || !strings.Contains(string(out), "parts were there already") {
		h.Errorf("it does not go on: %v, %s%s", err, out, &h.stderr)
	}
}

func storm(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = io.WriteString(w, "<Error><Code>ServiceUnavailable</Code><Message>later</Message></Error>")
}

// stall says nothing. It reads the body first, as the server hears of a client that has gone only behind that.
func stall(_ http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err == nil {
		<-r.Context().Done()
	}
}
