package main

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// served is "ingest serve" in a process of its own.
type served struct {
	cmd      *exec.Cmd
	settings map[string]string // what it printed to be exported
}

// newServed starts the store on a directory and waits until it is ready.
func newServed(dir string, flags ...string) (*served, error) {
	self, err := selfAsIngest()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, append([]string{"serve", dir, "--addr", "127.0.0.1:0"}, flags...)...)
	cmd.Env = append(os.Environ(), "INGEST_SERVE_ACCESS_KEY_ID="+keyID, "INGEST_SERVE_ACCESS_KEY_SECRET="+canary)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &served{cmd: cmd, settings: map[string]string{}}
	ready := bufio.NewScanner(stderr)
	if !ready.Scan() || ready.Text() != "ready" {
		s.stop()
		return nil, errors.New("the store does not get ready: " + ready.Text())
	}
	lines := bufio.NewScanner(stdout)
	for range 8 {
		if !lines.Scan() {
			s.stop()
			return nil, errors.New("the store does not print its settings")
		}
		name, value, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "export "), "=")
		s.settings[name] = value
	}
	return s, nil
}

func (s *served) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}

// selfAsIngest is this test binary under the name by which it is the program; see TestMain, which has put it there.
func selfAsIngest() (string, error) { return exec.LookPath("ingest") }
