//go:build unix

package torture

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/test/internal/lab"
)

// The answer to every completion is lost, to the first and to the last. Each is settled by asking: no part is sent
// twice, and no upload is begun twice.
func TestEveryLostCompletionIsSettledWithoutSendingAgain(t *testing.T) {
	objects := map[lab.Kind]int{lab.OSS: 60, lab.S3: 6}
	if long(t) {
		objects = map[lab.Kind]int{lab.OSS: 1000, lab.S3: 60}
	}
	for _, kind := range []lab.Kind{lab.OSS, lab.S3} {
		t.Run(string(kind), func(t *testing.T) {
			seen := everyAnswerLost(t, kind, fault.CompleteUpload, twoParts(kind, objects[kind]))
			if n := seen.count(fault.BeginUpload); n != objects[kind] {
				t.Errorf("%d uploads were begun for %d objects", n, objects[kind])
			}
		})
	}
}

// So it is with the answer to every object that is sent whole.
func TestEveryLostPutIsSettledWithoutSendingAgain(t *testing.T) {
	objects := 60
	if long(t) {
		objects = 1000
	}
	for _, kind := range []lab.Kind{lab.OSS, lab.S3} {
		t.Run(string(kind), func(t *testing.T) {
			everyAnswerLost(t, kind, fault.PutObject, slices.Repeat([]int{5000}, objects))
		})
	}
}

// everyAnswerLost loses the answers to all requests of an operation, of which each object takes one.
func everyAnswerLost(t *testing.T, kind lab.Kind, op fault.Op, sizes []int) *tap {
	t.Helper()
	script, seen := fault.NewScript(1, fault.Rule{Op: op, Fault: fault.Fault{Lose: true}}), new(tap)
	trial := lab.New(t, lab.Options{
		Kind: kind, Sizes: sizes, Wrap: seen.wrap, Store: func(o *devstore.Options) { o.Faults = script },
	}).Trial()
	r := trial.Run(lab.Command{Quiet: true, Patience: 10 * time.Minute})
	trial.Arrived(r)
	_, bytes := seen.sums()
	lost, asked := sum(script.Struck()), seen.count(fault.HeadObject)
	if want := int64(len(sizes) * sizes[0]); lost != int64(len(sizes)) || bytes != want || asked != len(sizes) {
		t.Errorf("%d answers of %d were lost, %d times it was asked, %d bytes were sent of %d: %v", lost, len(sizes), asked, bytes, want, r)
	}
	t.Logf("%s: %d of %d answers to %s lost: each settled by one question, %d bytes sent for %d", kind, lost, len(sizes), op, bytes, bytes)
	return seen
}

// Found by TestNoSecretIsSeenAnywhere: a job was run anew over its own objects, and a completion was answered by a
// gateway. An equal object was there, from before, so that the row was done; and its upload stayed open.
func TestCompletionThatNeverArrivedLeavesNoUploadBesideAnEqualObject(t *testing.T) {
	for name, f := range map[string]fault.Fault{
		"cut off":             {CutBody: -1},
		"a gateway's answer":  {Answer: &fault.Answer{Status: http.StatusBadGateway, Body: "<html>502</html>"}},
		"carried out in vain": {Lose: true},
	} {
		t.Run(name, func(t *testing.T) {
			script := new(fault.Script)
			trial := lab.New(t, lab.Options{
				Sizes: twoParts(lab.OSS, 3), Store: func(o *devstore.Options) { o.Faults = script },
			}).Trial()
			trial.Finish()
			script.Set(fault.Rule{Op: fault.CompleteUpload, Times: 2, Fault: f})
			r := trial.Run(lab.Command{Quiet: true})
			script.Set()
			trial.Arrived(r)
		})
	}
}

// A completion is carried out; its answer never comes, and the process is killed right then. The next run finds the
// object, and sends nothing of it again.
func TestKilledAtItsCompletionTheObjectIsNotSentAgain(t *testing.T) {
	objects := map[lab.Kind]int{lab.OSS: 24, lab.S3: 6}
	if long(t) {
		objects = map[lab.Kind]int{lab.OSS: 1000, lab.S3: 60}
	}
	for _, kind := range []lab.Kind{lab.OSS, lab.S3} {
		t.Run(string(kind), func(t *testing.T) {
			seen, there := killedAt(t, kind, fault.CompleteUpload, twoParts(kind, objects[kind]))
			for path, since := range there {
				if n := sentSince(seen, path, since); n > 0 {
					t.Errorf("%s was there, and %d bytes of it were sent again", path, n)
				}
			}
		})
	}
}

// Of an object that is sent whole nothing is in the journal yet: that one is sent again, and what was in flight beside
// it.
func TestKilledAtAPutNoMoreIsSentAgainThanWasInFlight(t *testing.T) {
	objects := 40
	if long(t) {
		objects = 1000
	}
	killedAt(t, lab.OSS, fault.PutObject, slices.Repeat([]int{5000}, objects))
}

// killedAt kills run after run at a request of an operation that was carried out, until one survives. It returns
// since when the objects were there whose answers never came.
func killedAt(t *testing.T, kind lab.Kind, op fault.Op, sizes []int) (seen *tap, there map[string]time.Time) {
	t.Helper()
	last, seen, kills := newLastWord(op), new(tap), 0
	trial := lab.New(t, lab.Options{
		Kind: kind, Sizes: sizes, Wrap: func(h http.Handler) http.Handler { return seen.wrap(last.wrap(h)) },
	}).Trial()
	for ; ; kills++ {
		last.keep(trial.Random.IntN(3))
		r := trial.Run(lab.Command{Quiet: true, Kill: lab.Kill{Signal: syscall.SIGKILL, When: last.kept}})
		if r.Signal != syscall.SIGKILL {
			trial.Arrived(r)
			break
		}
	}
	again := sentAgain(trial, kills)
	if kills == 0 {
		t.Error("no run was killed: nothing was tested")
	}
	t.Logf("%s: %d SIGKILLs at a %s that was carried out, in a job of %d: all is there, nothing left; %d parts and objects in flight sent again, %.1f a kill",
		kind, kills, op, len(sizes), again, float64(again)/float64(kills))
	return seen, last.there
}

// lastWord has a request carried out and keeps the answer back for ever.
type lastWord struct {
	op    fault.Op
	kept  chan time.Time // says when one was kept back
	mu    sync.Mutex
	skip  int
	armed bool
	there map[string]time.Time // objects whose answers were kept back, and since when they are there
}

func newLastWord(op fault.Op) *lastWord {
	return &lastWord{op: op, kept: make(chan time.Time, 1), there: map[string]time.Time{}}
}

// keep keeps back the next answer but skip.
func (l *lastWord) keep(skip int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.skip, l.armed = skip, true
	select {
	case <-l.kept: // of a run that ended before it was killed
	default:
	}
}

func (l *lastWord) due(r *http.Request) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.armed || operation(r) != l.op || !strings.HasPrefix(r.UserAgent(), "ingest/") {
		return false
	}
	l.skip--
	if l.skip >= 0 {
		return false
	}
	l.armed = false
	return true
}

func (l *lastWord) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !l.due(r) {
			next.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(new(unheard), r)
		l.note(r.URL.Path)
		l.kept <- time.Now()
		<-r.Context().Done()
	})
}

func (l *lastWord) note(path string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.there[path] = time.Now()
}
