package torture

import (
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/test/internal/lab"
	"github.com/ingest-dev/ingest/test/internal/tamper"
)

// Found by TestEveryCallFailingLosesNothing: a directory's upload whose files could not be looked at, for once, was
// taken for one that is gone, and stayed when another had become the object.
func TestUploadThatCannotBeLookedAtIsNotGone(t *testing.T) {
	traced(t, "none: the store in a directory has no simulated disk")
	l := lab.New(t, lab.Options{Kind: lab.File})
	staged := func(c tamper.Call) bool { return len(c.Paths) > 0 && strings.Contains(c.Paths[0], "/.ingest") }
	sweep(t, l, lab.NewBudget(t, 5*time.Second), 25, []tamper.Rule{
		{Calls: []string{"newfstatat", "openat"}, On: staged, Errno: syscall.EIO},
	})
}

// Found by TestEveryCallFailingLosesNothing: a destination that could not be looked at was said not to be there.
func TestDestinationThatCannotBeLookedAtIsNotAbsent(t *testing.T) {
	traced(t, "none: the store in a directory has no simulated disk")
	l := lab.New(t, lab.Options{Kind: lab.File})
	destination := regexp.MustCompile(`/t\d{5}$`)
	struck := func(c tamper.Call) bool { return len(c.Paths) > 0 && destination.MatchString(c.Paths[0]) }
	sweep(t, l, lab.NewBudget(t, 5*time.Second), 5, []tamper.Rule{{Calls: []string{"newfstatat"}, On: struck, Errno: syscall.EIO}})
}
