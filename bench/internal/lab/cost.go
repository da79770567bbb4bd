//go:build unix

package lab

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// Cost is what a process cost.
type Cost struct {
	Wall time.Duration
	CPU  time.Duration // user and system
	RSS  int64         // the peak, bytes; on Linux at least what the measuring program has, as a child begins with that
}

// Measure runs a command to its end. What it prints is kept for the error alone, unless it is directed elsewhere.
func Measure(cmd *exec.Cmd) (Cost, error) {
	var said bytes.Buffer
	if cmd.Stdout == nil {
		cmd.Stdout = &said
	}
	if cmd.Stderr == nil {
		cmd.Stderr = &said
	}
	began := time.Now()
	err := cmd.Run()
	if err != nil {
		return Cost{}, fmt.Errorf("%s: %w\n%s", cmd.Path, err, lastOf(said.Bytes()))
	}
	return CostOf(cmd.ProcessState, time.Since(began)), nil
}

// lastOf is the end of what a program said.
func lastOf(b []byte) []byte { return b[max(0, len(b)-2000):] }

// CostOf is the cost of a process that has ended.
func CostOf(s *os.ProcessState, wall time.Duration) Cost {
	return Cost{Wall: wall, CPU: s.UserTime() + s.SystemTime(), RSS: peak(s)}
}

// peak is in bytes. Linux counts in KiB, macOS in bytes.
func peak(s *os.ProcessState) int64 {
	usage, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return usage.Maxrss
	}
	return usage.Maxrss << 10
}

// Median returns the middle of the values, or the mean of the two in the middle; of none, 0.
func Median(values []float64) float64 {
	s := slices.Sorted(slices.Values(values))
	if len(s) == 0 {
		return 0
	}
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}
