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

// journal are the calls on the journal itself.
func journal(c tamper.Call) bool {
	return len(c.Paths) > 0 && strings.HasSuffix(c.Paths[0], ".journal")
}

// A disk takes a write of the journal, says so, and does nothing. What the journal does not hold is sent again, and what
// it holds no sense of is not taken for done; the run may also notice, and end.
func TestLostWriteOfTheJournalSkipsNothing(t *testing.T) {
	traced(t, "journal.TestPowerCutLosesWorkButNeverTruth")
	l := lab.New(t, lab.Options{})
	lost := []tamper.Rule{{Calls: []string{"write", "pwrite64"}, On: journal, Pretend: true}}
	sweep(t, l, lab.NewBudget(t, 5*time.Second), 20, lost)
	lost[0].Last = tamper.Always
	sweep(t, l, lab.NewBudget(t, 5*time.Second), 20, lost)
}

// A disk says that it has synced and has not. As long as the power stays on nothing comes of it, kills included.
func TestLyingSyncLosesNothing(t *testing.T) {
	traced(t, "journal.TestLyingSyncAndPowerCutNeverLie, which cuts the power too")
	l := lab.New(t, lab.Options{})
	sweep(t, l, lab.NewBudget(t, 5*time.Second), 10, []tamper.Rule{
		{Calls: syncs, On: meaningful(l), Pretend: true, Last: tamper.Always},
		{Calls: syncs, On: meaningful(l), Pretend: true, Signal: syscall.SIGKILL},
	})
}

// A sync of the journal fails once, and would succeed when asked again. Nobody may ask: the run ends, with code 4.
func TestFailedSyncOfTheJournalIsNotTriedAgain(t *testing.T) {
	traced(t, "journal.TestDeadAfterAFailedSyncWhateverTheNextOneSays")
	l := lab.New(t, lab.Options{})
	rule := tamper.Rule{Calls: syncs, On: journal, Errno: syscall.EIO}
	seen := calls(l, rule)
	for rule.First = 1; rule.First <= seen; rule.First++ {
		trial := l.Trial()
		r := trial.Run(lab.Command{Quiet: true, Tamper: &rule})
		switch n := r.Tampered.Seen; {
		case n < rule.First: // syncs are as many as time makes them
		case n > rule.First:
			t.Errorf("it was synced %d times after it had failed: %v", n-rule.First, r)
		case r.Code != 4 || !strings.Contains(string(r.Stderr), syscall.EIO.Error()):
			t.Errorf("sync %d failed: %v", rule.First, r)
		}
		trial.Finish()
		trial.Forget()
	}
	t.Logf("each of %d syncs failed once: exit 4, no second sync, and the next run carried on", seen)
}
