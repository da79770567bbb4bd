//go:build linux

package torture

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/test/internal/lab"
	"github.com/ingest-dev/ingest/test/internal/tamper"
)

// failures are what calls fail with.
var failures = []struct {
	calls  []string
	errnos []syscall.Errno
}{
	{writes, []syscall.Errno{syscall.ENOSPC, syscall.EIO, syscall.EDQUOT, syscall.EFBIG, syscall.EROFS}},
	{syncs, []syscall.Errno{syscall.EIO, syscall.ENOSPC, syscall.EDQUOT}},
	{names, []syscall.Errno{syscall.EACCES, syscall.EMFILE, syscall.EIO, syscall.EROFS, syscall.ENOMEM, syscall.ENOSPC}},
	{[]string{"pread64", "read"}, []syscall.Errno{syscall.EIO, syscall.ESTALE, syscall.ENOMEM}},
	{[]string{"socket"}, []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.EACCES}},
	{[]string{"connect"}, []syscall.Errno{syscall.ECONNREFUSED, syscall.ENETUNREACH, syscall.EADDRNOTAVAIL, syscall.ENOMEM}},
	{[]string{"flock"}, []syscall.Errno{syscall.EIO, syscall.ENOLCK, syscall.ENOMEM}},
	{[]string{"ftruncate", "fchmod", "fallocate", "fstat", "lseek"}, []syscall.Errno{syscall.EIO, syscall.ENOSPC, syscall.EPERM}},
	{[]string{"getdents64"}, []syscall.Errno{syscall.EIO, syscall.ENOMEM}},
}

// interruptible are the calls that a signal may interrupt, once; one that is always interrupted would never end.
var interruptible = []string{"read", "pread64", "write", "pwrite64", "writev", "openat", "connect", "flock", "ftruncate", "fsync"}

// Each call fails, once or from then on, in each way that it may. The run has to end with a code of the table and to say
// what failed; the next one that is left alone puts everything right.
func TestEveryCallFailingLosesNothing(t *testing.T) {
	traced(t, "journal.TestEveryOperationFailingIsSurvived, and sendertest.Faults in pipeline")
	for _, kind := range []lab.Kind{lab.OSS, lab.File} {
		t.Run(string(kind), func(t *testing.T) {
			l := lab.New(t, lab.Options{Kind: kind})
			sweep(t, l, lab.NewBudget(t, 15*time.Second), 60, everyFailure(l))
		})
	}
}

func everyFailure(l *lab.Lab) []tamper.Rule {
	rules := []tamper.Rule{{Calls: interruptible, Errno: syscall.EINTR}}
	for _, f := range failures {
		for _, errno := range f.errnos {
			rules = append(rules, tamper.Rule{Calls: f.calls, Errno: errno}, tamper.Rule{Calls: f.calls, Errno: errno, Last: tamper.Always})
		}
	}
	for i := range rules {
		rules[i].On = meaningful(l)
	}
	return rules
}

// A source's memory cannot be mapped: it is read instead.
func TestSourceThatCannotBeMappedIsRead(t *testing.T) {
	traced(t, "reader.TestNoMemoryToMapIsNoFailure")
	l := lab.New(t, lab.Options{Sizes: []int{9 << 20, 5 << 20}, PartSize: 4 << 20})
	for _, last := range []int{0, tamper.Always} {
		trial := l.Trial()
		rule := tamper.Rule{Calls: []string{"mmap"}, On: source(l), First: 1, Last: last, Errno: syscall.ENOMEM}
		r := trial.Run(lab.Command{Quiet: true, Tamper: &rule})
		if len(r.Tampered.Struck) == 0 {
			t.Fatalf("no mapping failed: %v", r)
		}
		trial.Arrived(r)
		t.Logf("%d mappings of %d failed: everything was read instead", len(r.Tampered.Struck), r.Tampered.Seen)
	}
}

// source are the calls on sources.
func source(l *lab.Lab) func(tamper.Call) bool {
	return func(c tamper.Call) bool { return len(c.Paths) > 0 && strings.HasPrefix(c.Paths[0], l.Folder+"/") }
}

// A disk with a bad sector: the row whose source cannot be read fails, and no other.
func TestBadSectorFailsItsRowAlone(t *testing.T) {
	traced(t, "reader.TestReadErrorSaysHowFarItCame")
	l := lab.New(t, lab.Options{})
	trial := l.Trial()
	bad := l.Folder + "/" + l.Sources[6].Name
	rule := tamper.Rule{Calls: []string{"pread64"}, First: 3, Last: tamper.Always, Errno: syscall.EIO,
		On: func(c tamper.Call) bool { return c.Paths[0] == bad }}
	r := trial.Run(lab.Command{Quiet: true, Tamper: &rule})
	s, _ := r.Summary()
	if r.Code != 1 || s.Failed != 1 || s.Done != int64(len(l.Sources))-1 || !strings.Contains(string(r.Stderr), bad) {
		t.Errorf("%+v: %v", s, r)
	}
	trial.Finish()
	t.Logf("%d rows done beside the one with the bad sector, which was named; the next run sent it", s.Done)
}
