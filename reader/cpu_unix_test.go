//go:build linux || darwin

package reader

import "golang.org/x/sys/unix"

// cpuSeconds returns the processor time that this process has used.
func cpuSeconds() float64 {
	var u unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
