//go:build unix

// Command measure runs a command and prints what it cost: wall time, CPU time, peak memory.
//
//	measure COMMAND [ARG...]
//
// The figures go to stderr as one line, the command's exit code is measure's.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: measure command [argument...]")
		os.Exit(2)
	}
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	began := time.Now()
	err := cmd.Run()
	if cmd.ProcessState == nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(2)
	}
	report(cmd.ProcessState, time.Since(began))
	os.Exit(cmd.ProcessState.ExitCode())
}

func report(s *os.ProcessState, wall time.Duration) {
	fmt.Fprintf(os.Stderr, "measure: wall %.2f s, user %.2f s, sys %.2f s, peak RSS %.1f MiB\n",
		wall.Seconds(), s.UserTime().Seconds(), s.SystemTime().Seconds(), peak(s))
}

// peak is in MiB. Linux counts in KiB, macOS in bytes.
func peak(s *os.ProcessState) float64 {
	usage, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return float64(usage.Maxrss) / (1 << 20)
	}
	return float64(usage.Maxrss) / (1 << 10)
}
