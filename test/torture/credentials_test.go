package torture

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/test/internal/lab"
)

// renewed is a security token that is good when the first one has expired.
const renewed = "renewed0123456789abcdef"

// renewedToken is the environment of a run with it.
func renewedToken() []string {
	return []string{"OSS_SESSION_TOKEN=" + renewed, "AWS_SESSION_TOKEN=" + renewed}
}

// The security token expires in mid-run, and there is no other. The run ends with 6 and says why; with a new token the
// same command goes on, and sends nothing again that was proven.
func TestExpiredTokenEndsTheRunAndNothingIsSentAgain(t *testing.T) {
	for _, kind := range []lab.Kind{lab.OSS, lab.S3} {
		t.Run(string(kind), func(t *testing.T) {
			script, seen := new(fault.Script), new(tap)
			sizes := append(twoParts(kind, 4), slices.Repeat([]int{5000}, 60)...)
			trial := lab.New(t, lab.Options{
				Kind: kind, Sizes: sizes, Wrap: seen.wrap, Store: func(o *devstore.Options) {
					o.Faults, o.SessionToken = script, "" // any token is good, until the script says otherwise
				},
			}).Trial()
			script.Set(fault.Rule{Skip: 12 + trial.Random.IntN(20), Fault: fault.Fault{Expire: true}})
			expired := trial.Run(lab.Command{Quiet: true})
			refused := trial.Run(lab.Command{Quiet: true})
			for _, r := range []*lab.Result{expired, refused} {
				if r.Code != 6 || !strings.Contains(string(r.Stderr), "expired") {
					t.Errorf("want exit 6, and the reason: %v", r)
				}
			}
			script.Set()
			before := len(seen.requests())
			r := trial.Run(lab.Command{Env: renewedToken()})
			trial.Arrived(r)
			onlyRenewed(t, seen.requests()[before:])
			all, again := trial.SentAgain()
			if again > 0 {
				t.Errorf("%d of %d parts and objects were sent again", again, all)
			}
			t.Logf("%s: the token expired after %d requests: exit 6 after %.1f s, %q; with a new one the same command sent the rest: 0 of %d parts and objects again",
				kind, before, expired.Took.Seconds(), firstSentence(expired), all)
		})
	}
}

func onlyRenewed(t *testing.T, requests []request) {
	t.Helper()
	for _, r := range requests {
		if r.token != renewed {
			t.Errorf("%s %s bears another token", r.op, r.path)
		}
	}
}

// firstSentence is how a run began to say what is wrong.
func firstSentence(r *lab.Result) string {
	_, said, _ := strings.Cut(string(r.Stderr), "ingest: ")
	said, _, _ = strings.Cut(said, ";")
	return said
}

// The store's clock is twenty minutes ahead of ours, or behind. One request is refused for it; from then on we sign by
// the store's.
func TestWrongClockCostsOneRequest(t *testing.T) {
	for _, kind := range []lab.Kind{lab.OSS, lab.S3} {
		for _, skew := range []time.Duration{20 * time.Minute, -20 * time.Minute} {
			t.Run(string(kind)+" "+skew.String(), func(t *testing.T) {
				seen := new(tap)
				script := fault.NewScript(1, fault.Rule{Fault: fault.Fault{Skew: skew}})
				trial := lab.New(t, lab.Options{
					Kind: kind, Sizes: append(twoParts(kind, 1), slices.Repeat([]int{5000}, 20)...), Wrap: seen.wrap,
					Store: func(o *devstore.Options) { o.Faults = script },
				}).Trial()
				r := trial.Run(lab.Command{Quiet: true})
				script.Set()
				trial.Arrived(r)
				refused := 0
				for _, q := range seen.requests() {
					if q.status >= 400 {
						refused++
					}
				}
				if refused != 1 {
					t.Errorf("%d requests were refused: %v", refused, r)
				}
				t.Logf("%s: a store whose clock is off by %v: %d of %d requests refused, exit 0", kind, skew, refused, len(seen.requests()))
			})
		}
	}
}
