package torture

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/internal/faultproxy"
	"github.com/ingest-dev/ingest/test/internal/lab"
)

// A tenth of all requests goes wrong, in every way that there is, and the network cuts connections besides. Everything
// arrives in one run, each row is reported once, and what it costs is bounded: 1.15 times the bytes, 1.3 times the
// requests.
func TestChaosCostsLittleAndLosesNothing(t *testing.T) {
	seed := lab.Seed(t)
	for _, kind := range dialects(t, seed) {
		t.Run(string(kind), func(t *testing.T) { soak(t, kind, seed) })
	}
}

// dialects are both of them, or in the short form the one that the seed says.
func dialects(t *testing.T, seed uint64) []lab.Kind {
	kinds := []lab.Kind{lab.OSS, lab.S3}
	if long(t) {
		return kinds
	}
	return kinds[seed%2:][:1]
}

// long reports whether tests take their long form.
func long(t *testing.T) bool {
	t.Helper()
	return lab.NewBudget(t, 0).Long
}

func soak(t *testing.T, kind lab.Kind, seed uint64) {
	small, large := 1500, 2
	if long(t) {
		small, large = 100_000, 20
	}
	script, seen := fault.NewScript(seed, chaos(long(t))...), new(tap)
	o := lab.Options{
		Kind: kind, Seed: seed, Parallel: 16,
		Store: func(o *devstore.Options) { o.Faults = script }, Wrap: seen.wrap,
	}
	o.Front = func(url string) string { return proxy(t, url, cuts(seed, 20*partOf(kind))).URL() }
	var work ideal
	o.Sizes, work = mixed(seed, small, large, partOf(kind))
	trial := lab.New(t, o).Trial()
	r := trial.Run(lab.Command{Quiet: true, Patience: time.Hour})
	struck := sum(script.Struck())
	script.Set()
	trial.Arrived(r)
	work.cost(t, kind, r, seen, struck)
}

// partOf is the size of a lab's parts.
func partOf(kind lab.Kind) int {
	if kind == lab.S3 {
		return 5 << 20
	}
	return 100 << 10
}

// twoParts are the sizes of so many objects of two parts each, the second of which is small.
func twoParts(kind lab.Kind, objects int) []int {
	return slices.Repeat([]int{partOf(kind) + 100}, objects)
}

// chaos is what goes wrong with a tenth of the requests: each rule with a hundredth of them.
func chaos(long bool) []fault.Rule {
	every := func(f fault.Fault) fault.Rule { return fault.Rule{Skip: 1, Chance: 0.01, Fault: f} } // the first asks if there is a store
	rules := []fault.Rule{
		every(answer(http.StatusInternalServerError, "InternalError", nil)),
		every(answer(http.StatusServiceUnavailable, "SlowDown", nil)),
		tooSlow(fault.PutObject), tooSlow(fault.SendPart),
		every(fault.Fault{Answer: &fault.Answer{Status: http.StatusInternalServerError, Body: "<html>upstream</html>"}}),
		every(fault.Fault{CutBody: -1}),
		every(fault.Fault{CutBody: 2000}),
		every(fault.Fault{Lose: true}),
		every(fault.Fault{CutAnswer: 30}),
		every(fault.Fault{Trickle: 2000}),
		every(fault.Fault{Delay: 200 * time.Millisecond}),
	}
	if long { // each holds a connection for a minute, until the watchdog of the program ends it
		rules = append(rules,
			fault.Rule{Op: fault.PutObject, Skip: 1, Chance: 0.0001, Fault: fault.Fault{Stall: true}},
			fault.Rule{Op: fault.SendPart, Chance: 0.002, Fault: fault.Fault{Stall: true}},
			fault.Rule{Op: fault.PutObject, Chance: 0.0001, Fault: fault.Fault{Trickle: 1}})
	}
	return rules
}

// tooSlow says that the request's body came too slowly.
func tooSlow(op fault.Op) fault.Rule {
	return fault.Rule{Op: op, Chance: 0.01, Fault: answer(http.StatusBadRequest, "RequestTimeout", nil)}
}

// answer is an error that the store never had.
func answer(status int, code string, header map[string]string) fault.Fault {
	return fault.Fault{Answer: &fault.Answer{Status: status, Code: code, Header: header}}
}

// proxy puts a proxy before a store.
func proxy(t *testing.T, url string, plan func(n int) faultproxy.Fault) *faultproxy.Proxy {
	t.Helper()
	p, err := faultproxy.New(strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	p.Plan(plan)
	return p
}

// cuts resets two of three connections somewhere: one while it carries up to so many bytes to the store, the other
// while it carries the answers back.
func cuts(seed uint64, most int) func(n int) faultproxy.Fault {
	r := rand.New(rand.NewPCG(seed, 3))
	return func(n int) faultproxy.Fault {
		switch n % 3 {
		case 1:
			return faultproxy.Fault{ResetUp: 1 + r.Int64N(int64(most))}
		case 2:
			return faultproxy.Fault{ResetDown: 1 + r.Int64N(32<<10)}
		}
		return faultproxy.Fault{}
	}
}

// ideal is what a job takes when nothing goes wrong.
type ideal struct {
	objects         int
	part            int // bytes of the largest
	requests, bytes int64
}

// mixed draws the sizes of small and of large objects.
func mixed(seed uint64, small, large, part int) (sizes []int, work ideal) {
	r := rand.New(rand.NewPCG(seed, 4))
	work = ideal{objects: small + large, part: part, requests: 1} // there is one before the first object
	for range small {
		sizes = append(sizes, r.IntN(8<<10))
		work.requests++
	}
	for range large {
		parts := 2 + r.IntN(2)
		if part < 1<<20 {
			parts = 40 + r.IntN(40)
		}
		sizes = append(sizes, parts*part-r.IntN(part))
		work.requests += int64(parts) + 2
	}
	for _, size := range sizes {
		work.bytes += int64(size)
	}
	r.Shuffle(len(sizes), func(i, k int) { sizes[i], sizes[k] = sizes[k], sizes[i] })
	return sizes, work
}

// cost holds what was asked of the store against what would have done. Of few large parts chance may strike more than
// its share: the short form allows for three of them.
func (w ideal) cost(t *testing.T, kind lab.Kind, r *lab.Result, seen *tap, struck int64) {
	t.Helper()
	requests, bytes := seen.sums()
	s, _ := r.Summary()
	requests = max(requests, s.Requests) // some of ours never reached the store
	allowed := w.bytes * 115 / 100
	if !long(t) {
		allowed += int64(3 * w.part)
	}
	if bytes > allowed || requests > w.requests*13/10 {
		t.Errorf("%d bytes and %d requests for %d and %d: %v", bytes, requests, w.bytes, w.requests, r)
	}
	if struck < w.requests/20 {
		t.Errorf("only %d of %d requests were struck", struck, requests)
	}
	slowest := time.Duration(0)
	for _, q := range seen.requests() {
		slowest = max(slowest, q.took)
	}
	if slowest > 2*time.Minute {
		t.Errorf("a request took %v; the watchdog ends one that stands still after a minute", slowest)
	}
	t.Logf("%s: %d objects, %d of %d requests struck (%.1f %%) and connections cut: all verified, each reported once; %.3f times the bytes, %.3f times the requests, %d tries again, %.1f s, slowest request %.1f s",
		kind, w.objects, struck, requests, 100*float64(struck)/float64(requests), float64(bytes)/float64(w.bytes),
		float64(requests)/float64(w.requests), s.Retries, r.Took.Seconds(), slowest.Seconds())
}

func sum(counts []int64) (all int64) {
	for _, n := range counts {
		all += n
	}
	return all
}
