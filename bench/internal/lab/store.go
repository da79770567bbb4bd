//go:build unix

package lab

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// Store is a null store that runs as a process of its own, so that its cost is not the client's.
type Store struct {
	Addr string // host:port
	cmd  *exec.Cmd
}

// StartStore starts the program nullstore with flags besides its address, and returns when it listens.
func StartStore(ctx context.Context, program string, flags ...string) (*Store, error) {
	cmd := exec.CommandContext(ctx, program, append([]string{"-addr", "127.0.0.1:0"}, flags...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	addr, err := bufio.NewReader(out).ReadString('\n')
	s := &Store{strings.TrimSpace(addr), cmd}
	if err != nil {
		s.Stop()
		return nil, fmt.Errorf("%s did not say where it listens: %w", program, err)
	}
	return s, nil
}

// Stop ends the store. What it says about that is of no use.
func (s *Store) Stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}
