//go:build linux

package torture

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/test/internal/lab"
	"github.com/ingest-dev/ingest/test/internal/tamper"
)

// What the program asks of the system to change something, or to learn something.
var (
	writes = []string{"write", "pwrite64", "writev", "sendmsg"}
	syncs  = []string{"fsync", "fdatasync"}
	names  = []string{"openat", "mkdirat", "renameat", "renameat2", "linkat", "unlinkat", "newfstatat"}
	others = []string{"pread64", "read", "connect", "socket", "flock", "ftruncate", "fchmod", "fallocate", "getdents64", "close"}
)

// The process is killed at its first call, at its second, and so on until it survives: at every write, sync, rename,
// and whatever else there is. The short form takes some of them, from a random one on.
func TestKilledAtEveryCallLosesNothing(t *testing.T) {
	traced(t, "journal.TestPowerCutLosesWorkButNeverTruth, and TestKilledAtRandomInstantsLosesNothing here")
	for _, kind := range []lab.Kind{lab.OSS, lab.File} {
		t.Run(string(kind), func(t *testing.T) {
			l := lab.New(t, lab.Options{Kind: kind})
			calls := slices.Concat(writes, syncs, names, others)
			sweep(t, l, lab.NewBudget(t, 12*time.Second), 40, []tamper.Rule{
				{Calls: calls, On: meaningful(l), Signal: syscall.SIGKILL},
			})
		})
	}
}

// meaningful are the calls that are about the job: not the runtime's own, not those on what the program says, which
// the lab takes from it in files.
func meaningful(l *lab.Lab) func(tamper.Call) bool {
	return func(c tamper.Call) bool {
		for _, p := range c.Paths {
			for _, other := range []string{"/proc/", "/sys/", "/dev/", "anon_inode:", "pipe:", "/etc/", "/lib", "/usr/"} {
				if strings.HasPrefix(p, other) {
					return false
				}
			}
			if strings.HasSuffix(p, ".stdout") || strings.HasSuffix(p, ".stderr") {
				return false
			}
		}
		return true
	}
}
