//go:build unix

package torture

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/internal/faultproxy"
	"github.com/ingest-dev/ingest/test/internal/lab"
)

// line is a lab's connection to its store, which can be cut.
type line struct {
	*faultproxy.Proxy
	mending sync.WaitGroup
}

// front is for lab.Options.Front.
func (l *line) front(t *testing.T, plan func(n int) faultproxy.Fault) func(url string) string {
	return func(url string) string {
		l.Proxy = proxy(t, url, plan)
		t.Cleanup(l.mending.Wait)
		return l.URL()
	}
}

// cut cuts the line for a while.
func (l *line) cut(d time.Duration) {
	l.Down(true)
	l.mending.Go(func() {
		time.Sleep(d)
		l.Down(false)
	})
}

// outage is how long the store is away: less than the two minutes for which a run waits.
func outage(t *testing.T) time.Duration {
	if long(t) {
		return time.Minute
	}
	return 5 * time.Second
}

// The store cannot be reached for a while, in the middle. The run waits for it and goes on: no row fails, and nothing
// is sent again but what was in flight.
func TestOutageIsOutlasted(t *testing.T) {
	alongside(t)
	for _, kind := range dialects(t, lab.Seed(t)) {
		t.Run(string(kind), func(t *testing.T) {
			var network line
			seen, away := new(tap), outage(t)
			seen.after(100, func() { network.cut(away) })
			trial := lab.New(t, lab.Options{
				Kind: kind, Sizes: append(slices.Repeat([]int{5000}, 200), 3*partOf(kind)), Wrap: seen.wrap, Front: network.front(t, nil),
			}).Trial()
			r := trial.Run(lab.Command{Quiet: true, Patience: away + 2*time.Minute})
			trial.Arrived(r)
			outlasted(t, trial, r, away, &network)
		})
	}
}

func outlasted(t *testing.T, trial *lab.Trial, r *lab.Result, away time.Duration, network *line) {
	t.Helper()
	all, again := trial.SentAgain()
	if again > inFlight(trial) {
		t.Errorf("%d of %d parts and objects were sent again", again, all)
	}
	if r.Took < away {
		t.Errorf("it was over after %v: nothing was tested", r.Took)
	}
	t.Logf("%s: no store for %v: exit 0 after %.1f s, %d connections tried in all, %d of %d parts and objects sent again",
		trial.Kind, away, r.Took.Seconds(), network.Connections(), again, all)
}

// The network goes at the worst moment, which is a completion: before the store has heard of it, or when it has carried
// it out. Back again, the run settles it, and sends nothing of that object again.
func TestNetworkGoneAtCompletionIsSettled(t *testing.T) {
	alongside(t)
	away := outage(t) / 4
	for name, carriedOut := range map[string]bool{"before the store heard of it": false, "when it is carried out": true} {
		t.Run(name, func(t *testing.T) {
			var network line
			var object string
			var at time.Time
			seen := new(tap)
			gone := func(r *http.Request) {
				object, at = r.URL.Path, time.Now()
				network.cut(away)
			}
			trial := lab.New(t, lab.Options{
				Sizes: twoParts(lab.OSS, 6), Front: network.front(t, nil),
				Wrap: func(h http.Handler) http.Handler { return seen.wrap(goneAtCompletion(h, carriedOut, gone)) },
			}).Trial()
			r := trial.Run(lab.Command{Quiet: true, Patience: away + 2*time.Minute})
			trial.Arrived(r)
			outlasted(t, trial, r, away, &network)
			if n := sentSince(seen, object, at); n > 0 {
				t.Errorf("%d bytes of %s were sent again", n, object)
			}
		})
	}
}

// goneAtCompletion cuts the network at the first completion.
func goneAtCompletion(next http.Handler, carriedOut bool, cut func(*http.Request)) http.Handler {
	var once sync.Once
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if operation(r) == fault.CompleteUpload {
			once.Do(func() {
				if carriedOut {
					next.ServeHTTP(new(unheard), r)
				}
				cut(r)
				panic(http.ErrAbortHandler)
			})
		}
		next.ServeHTTP(w, r)
	})
}

// Something between answers in the store's stead for a while, with a page of its own. Rows may use up their retries over
// it; then the next run brings them in.
func TestGatewayThatAnswersForTheStoreIsOutlasted(t *testing.T) {
	alongside(t)
	lasts := 2500 * time.Millisecond
	if long(t) {
		lasts = 30 * time.Second
	}
	for _, kind := range dialects(t, lab.Seed(t)+1) {
		t.Run(string(kind), func(t *testing.T) {
			script, seen := new(fault.Script), new(tap)
			page := fault.Answer{Status: http.StatusBadGateway, Header: map[string]string{"Content-Type": "text/html"}, Body: "<html><h1>502 Bad Gateway</h1></html>"}
			seen.after(50, func() { script.Set(fault.Rule{For: lasts, Fault: fault.Fault{Answer: &page}}) })
			trial := lab.New(t, lab.Options{
				Kind: kind, Sizes: append(slices.Repeat([]int{5000}, 100), 2*partOf(kind)), Wrap: seen.wrap,
				Store: func(o *devstore.Options) { o.Faults = script },
			}).Trial()
			r := trial.Run(lab.Command{Quiet: true, Patience: lasts + 2*time.Minute})
			s, _ := r.Summary()
			if r.Code != 0 && (r.Code != 1 || s.Failed == 0 || !strings.Contains(string(r.Stderr), "502")) {
				t.Errorf("%v", r)
			}
			if r.Code != 0 {
				r = trial.Finish()
			}
			trial.Arrived(r)
			t.Logf("%s: a gateway answered %d requests for %v: %d rows used up their retries, and the next run brought those in",
				kind, sum(script.Struck()), lasts, s.Failed)
		})
	}
}

// Every write of the network, both ways, is of one byte.
func TestNetworkOfSingleBytesLosesNothing(t *testing.T) {
	for _, kind := range []lab.Kind{lab.OSS, lab.S3} {
		t.Run(string(kind), func(t *testing.T) {
			var network line
			trial := lab.New(t, lab.Options{
				Kind: kind, Sizes: []int{0, 1, 40_000, 103_000}, // in the OSS dialect the last one has two parts
				Front: network.front(t, func(int) faultproxy.Fault { return faultproxy.Fault{Slice: 1} }),
			}).Trial()
			r := trial.Run(lab.Command{Quiet: true})
			trial.Arrived(r)
			s, _ := r.Summary()
			if s.Retries > 0 {
				t.Errorf("%d requests were tried again", s.Retries)
			}
			t.Logf("%s: %d bytes in writes of one: exit 0 after %.1f s, no request tried again", kind, s.SentBytes, r.Took.Seconds())
		})
	}
}

// Many workers share a slow line: each of them gets little, none so little that it would be given up. In the long form
// an object takes longer than the minute in which something has to move. What the network itself holds of a connection
// has to leave it in less than that, which bounds how slow the line may be here.
func TestManyWorkersOnASlowLineDoNotTimeOut(t *testing.T) {
	alongside(t)
	const workers, rate = 64, 128 << 10
	size := 6 << 10
	if long(t) {
		size = 250 << 10
	}
	shared := faultproxy.NewLink(rate)
	var network line
	trial := lab.New(t, lab.Options{
		Sizes: slices.Repeat([]int{size}, 2*workers), Parallel: workers, PartSize: 1 << 20,
		Front: network.front(t, func(int) faultproxy.Fault { return faultproxy.Fault{Link: shared} }),
	}).Trial()
	r := trial.Run(lab.Command{Quiet: true, Patience: 20 * time.Minute})
	trial.Arrived(r)
	s, _ := r.Summary()
	if s.Retries > 0 {
		t.Errorf("%d requests were tried again: %v", s.Retries, r)
	}
	t.Logf("%d workers on a line of %d bytes/s, %d bytes/s each: %d objects of %d bytes in %.0f s, no request tried again",
		workers, rate, rate/workers, 2*workers, size, r.Took.Seconds())
}
