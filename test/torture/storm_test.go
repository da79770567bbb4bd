package torture

import (
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/test/internal/lab"
)

// storms are the ways in which a store says that it has enough.
var storms = []struct {
	name string
	kind lab.Kind
	says fault.Fault
}{
	{"oss SlowDown", lab.OSS, answer(http.StatusServiceUnavailable, "SlowDown", nil)},
	{"s3 SlowDown", lab.S3, answer(http.StatusServiceUnavailable, "SlowDown", nil)},
	{"oss requests, with the time in ms", lab.OSS,
		answer(http.StatusServiceUnavailable, "TotalQpsLimitExceeded", map[string]string{"x-oss-qos-delay-time": "700"})},
	{"oss bytes", lab.OSS, answer(http.StatusServiceUnavailable, "UploadTrafficRateLimitExceeded", nil)},
	{"oss bytes, with the time in s", lab.OSS,
		answer(http.StatusServiceUnavailable, "DownloadTrafficRateLimitExceeded", map[string]string{"Retry-After": "1"})},
	{"s3 requests, with the time in s", lab.S3, answer(http.StatusTooManyRequests, "TooManyRequests", map[string]string{"Retry-After": "2"})},
	{"s3 bytes", lab.S3, answer(http.StatusServiceUnavailable, "BandwidthLimitExceeded", nil)},
}

// A store throttles everybody for a while. The run asks for less than a tenth of what it asked for before, is back at
// nine tenths half a minute later at most, and no row fails. The short form takes one of the storms, of 8 s.
func TestStormIsBorneAndPeaceIsUsed(t *testing.T) {
	alongside(t)
	seed, chosen, lasts := lab.Seed(t), storms, time.Minute
	if !long(t) {
		chosen, lasts = storms[seed%uint64(len(storms)):][:1], 8*time.Second
	}
	for _, s := range chosen {
		t.Run(s.name, func(t *testing.T) {
			weather := storm{per: 100, lasts: lasts, rule: fault.Rule{For: lasts, Fault: s.says}}
			weather.run(t, s.kind, seed)
		})
	}
}

// alongside lets a test that mostly waits run beside others, in its short form.
func alongside(t *testing.T) {
	t.Helper()
	if !long(t) {
		t.Parallel()
	}
}

// storm is one, and the steady load that it comes upon.
type storm struct {
	per   int // requests a second before
	lasts time.Duration
	rule  fault.Rule
}

// What is measured of a load: how long it is steady before the storm, how long the storm may take to be noticed, and
// how soon after it the load is to be back.
const (
	steady  = 3 * time.Second
	noticed = 2 * time.Second
	back    = 30 * time.Second
)

func (s storm) run(t *testing.T, kind lab.Kind, seed uint64) {
	script, seen := new(fault.Script), new(tap)
	var began time.Time
	seen.after(int(steady.Seconds())*s.per, func() {
		began = time.Now()
		script.Set(s.rule)
	})
	sizes := slices.Repeat([]int{1 << 10}, 11*s.per) // a storm of bytes is none to objects without
	l := lab.New(t, lab.Options{
		Kind: kind, Seed: seed, Parallel: 16, Sizes: sizes, Wrap: seen.wrap,
		Store: func(o *devstore.Options) { o.Faults = script },
	})
	trial := l.Trial()
	r := trial.Run(lab.Command{Quiet: true, Flags: []string{"--limit-requests", strconv.Itoa(s.per)}, Patience: 5 * time.Minute})
	script.Set()
	trial.Arrived(r)
	s.judge(t, seen.requests(), began, len(sizes))
}

func (s storm) judge(t *testing.T, seen []request, began time.Time, objects int) {
	t.Helper()
	over := began.Add(s.lasts)
	before := rate(seen, began.Add(-noticed), began)
	during := rate(seen, began.Add(noticed), over)
	recovered := backAt(seen, over, 0.9*before)
	if during >= before/10 {
		t.Errorf("%.1f requests/s during the storm, %.1f before", during, before)
	}
	if recovered < 0 || recovered > back {
		t.Errorf("nine tenths of %.1f requests/s are back %v after the storm", before, recovered)
	}
	if len(seen) > objects*12/10 {
		t.Errorf("%d requests for %d objects", len(seen), objects)
	}
	t.Logf("storm of %v: %.1f requests/s before it, %.2f in it (%.1f in its first %v), nine tenths back after %v; %.3f times the requests, no row failed",
		s.lasts, before, during, rate(seen, began, began.Add(noticed)), noticed, recovered.Round(100*time.Millisecond), float64(len(seen))/float64(objects))
}

// rate is how many requests came in a second, between two instants.
func rate(seen []request, from, to time.Time) float64 {
	n := 0
	for _, r := range seen {
		if !r.at.Before(from) && r.at.Before(to) {
			n++
		}
	}
	return float64(n) / to.Sub(from).Seconds()
}

// backAt returns how long after an instant the first second ends in which a rate is reached; less than 0: never.
func backAt(seen []request, since time.Time, wanted float64) time.Duration {
	for _, r := range seen {
		if end := r.at.Add(time.Second); r.at.After(since) && rate(seen, r.at, end) >= wanted {
			return end.Sub(since)
		}
	}
	return -1
}
