//go:build linux

package torture

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/test/internal/lab"
)

// A second run of the same job, with the same journal, comes while the first is at work. It ends with 4 before it has
// sent anything, and the first does not notice.
func TestSecondRunOnAJournalEndsAndHarmsNobody(t *testing.T) {
	seen := new(tap)
	l := lab.New(t, lab.Options{
		Kind: dialects(t, lab.Seed(t))[0], Sizes: append(lab.Corners(100<<10), slices.Repeat([]int{5000}, 60)...), Wrap: seen.wrap,
	})
	first, second := l.Trial(), l.In(soft{t}).Trial()
	second.Manifest, second.Journal, second.Prefix = first.Manifest, first.Journal, first.Prefix
	var refused *lab.Result
	seen.after(30, func() { refused = second.Run(lab.Command{Quiet: true}) }) // the first waits for its answer meanwhile
	r := first.Run(lab.Command{Quiet: true})
	first.Arrived(r)
	requests, _ := seen.sums()
	if refused == nil || refused.Code != 4 || !strings.Contains(string(refused.Stderr), "lock") && !strings.Contains(string(refused.Stderr), "another") {
		t.Fatalf("the second: %v", refused)
	}
	s, _ := r.Summary()
	if others := requests - s.Requests; others != 2 { // each run asks at first if there is a store
		t.Errorf("the second made %d requests: %v", others-1, refused)
	}
	t.Logf("%s: a second run on the journal: exit 4 after %.2f s and one question, %q; the first ended with 0", l.Kind, refused.Took.Seconds(), firstSentence(refused))
}

// Two runs, of different files, send to the same keys at the same time. Both end, with a code that is true, and every
// object is one of the two sources, whole.
func TestTwoRunsOnTheSameKeysMixNothing(t *testing.T) {
	rounds := 3
	if long(t) {
		rounds = 100
	}
	kind := dialects(t, lab.Seed(t))[0]
	slow := fault.NewScript(1, fault.Rule{Fault: fault.Fault{Delay: 3 * time.Millisecond}})
	ours := lab.New(t, lab.Options{
		Kind: kind, Sizes: append(twoParts(kind, 4), slices.Repeat([]int{5000}, 30)...),
		Store: func(o *devstore.Options) { o.Faults = slow },
	})
	theirs := rival(ours)
	again, won := 0, 0
	for range rounds {
		us, them := ours.In(soft{t}).Trial(), theirs.In(soft{t}).Trial()
		them.Prefix = us.Prefix
		atOnce(t, us, them)
		for _, s := range us.Sources {
			won += holdsOneOf(t, us, them, s)
		}
		for _, trial := range []*lab.Trial{us, them} {
			if trial.Runs[0].Code == 1 {
				trial.Finish()
				again++
			}
		}
		us.NothingIsLeft()
		us.Forget()
	}
	t.Logf("%s: %d times two runs on the same keys: each of %d objects whole, %d ours; %d runs said that rows failed, and were right when run again",
		kind, rounds, rounds*len(ours.Sources), won, again)
}

// rival is the lab with other files of the same names and sizes.
func rival(l *lab.Lab) *lab.Lab {
	l.Helper()
	other := l.In(l.TB)
	other.Seed++
	other.Folder = l.TempDir()
	for _, s := range l.Sources {
		if err := os.WriteFile(filepath.Join(other.Folder, s.Name), other.Content(s), 0o600); err != nil {
			l.Fatal(err)
		}
	}
	return other
}

func atOnce(t *testing.T, trials ...*lab.Trial) {
	t.Helper()
	var wg sync.WaitGroup
	for _, trial := range trials {
		wg.Go(func() { trial.Run(lab.Command{Quiet: true}) })
	}
	wg.Wait()
	for _, trial := range trials {
		s, ok := trial.Runs[0].Summary()
		if r := trial.Runs[0]; !ok || r.Code > 1 || (r.Code == 1) != (s.Failed > 0) {
			t.Fatalf("%v", r)
		}
	}
}

// holdsOneOf returns 1 if the object is ours, 0 if it is theirs.
func holdsOneOf(t *testing.T, us, them *lab.Trial, s lab.Source) int {
	t.Helper()
	got, err := us.Object(s)
	switch {
	case err == nil && bytes.Equal(got, us.Content(s)):
		return 1
	case err != nil || !bytes.Equal(got, them.Content(s)):
		t.Fatalf("%s is nobody's: %v", s.Name, err)
	}
	return 0
}
