package bulk

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

// commandLine is that of a running process, its words ended by zero bytes. The kernel lets a process that has just
// been started be seen for a moment before it has one.
func commandLine(pid int) (words []byte, known bool) {
	for end := time.Now().Add(time.Second); len(words) == 0 && time.Now().Before(end); time.Sleep(100 * time.Microsecond) {
		words, _ = os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	}
	return words, true
}

// peakResident is the most memory that a process held, in bytes.
func peakResident(s *os.ProcessState) int64 {
	return s.SysUsage().(*syscall.Rusage).Maxrss << 10
}
