package sender_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// model is a store that answers after a latency, and turns away what it has no time for. It counts what it was asked,
// by the second.
type model struct {
	sender.Store
	latency time.Duration
	refuse  func(at time.Duration, n int) error // decides about n bytes, so long after the start; nil: served

	start time.Time
	mu    sync.Mutex
	ticks [240]tick
}

// tick is what happened in one second.
type tick struct{ asked, served, bytes int }

func (m *model) SendPart(ctx context.Context, _ sender.Upload, p sender.Part) (sender.Receipt, error) {
	return sender.Receipt{}, m.answer(ctx, len(p.Data))
}

func (m *model) Head(ctx context.Context, _ string) (sender.Info, error) {
	return sender.Info{}, m.answer(ctx, 0)
}

func (m *model) answer(ctx context.Context, n int) error {
	if err := m.arrive(n); err != nil {
		time.Sleep(m.latency / 4) // a refusal is quick
		return err
	}
	time.Sleep(m.latency)
	return ctx.Err()
}

func (m *model) arrive(n int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := time.Since(m.start)
	t := &m.ticks[min(int(at/time.Second), len(m.ticks)-1)]
	t.asked++
	if err := m.refuse(at, n); err != nil {
		return err
	}
	t.served++
	t.bytes += n
	return nil
}

// between sums up the seconds from one to before another.
func (m *model) between(from, to int) (sum tick) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.ticks[from:to] {
		sum.asked, sum.served, sum.bytes = sum.asked+t.asked, sum.served+t.served, sum.bytes+t.bytes
	}
	return sum
}

// run lets so many workers send parts of n bytes for so long.
func (m *model) run(t *testing.T, workers, n int, d time.Duration) *sender.Counters {
	t.Helper()
	m.start = time.Now()
	counts := new(sender.Counters)
	s := sender.Stack(m, sender.Options{Counters: counts})
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	p := sender.Part{Number: 1, Payload: sender.Payload{Data: make([]byte, n)}}
	parallel(workers, func(int) {
		for ctx.Err() == nil {
			if _, err := s.SendPart(ctx, sender.Upload{}, p); err != nil && ctx.Err() == nil {
				t.Errorf("after %v: %v", time.Since(m.start), err)
			}
		}
	})
	return counts
}

func tooMany(what sender.Throttle, after time.Duration) error {
	return &sender.Error{Kind: sender.TryAgain, Status: 503, Code: "SlowDown", Throttle: what, RetryAfter: after}
}

// capped returns a store's limit: perSecond units, refilled evenly, with so much at once.
func capped(perSecond, burst float64, units func(n int) float64, refusal error) func(time.Duration, int) error {
	left, filled := burst, time.Duration(0)
	return func(at time.Duration, n int) error {
		left = min(burst, left+perSecond*(at-filled).Seconds())
		filled = at
		if left < units(n) {
			return refusal
		}
		left -= units(n)
		return nil
	}
}

// bySecond returns the limit of a store that starts counting anew each second.
func bySecond(limit int, refusal error) func(time.Duration, int) error {
	second, left := time.Duration(-1), 0
	return func(at time.Duration, _ int) error {
		if now := at / time.Second; now != second {
			second, left = now, limit
		}
		if left == 0 {
			return refusal
		}
		left--
		return nil
	}
}

// during refuses a share of the requests between two moments.
func during(from, to time.Duration, share float64, refusal error) func(time.Duration, int) error {
	random := rand.New(rand.NewPCG(1, 2))
	return func(at time.Duration, _ int) error {
		if at >= from && at < to && random.Float64() < share {
			return refusal
		}
		return nil
	}
}

func requests(int) float64  { return 1 }
func payload(n int) float64 { return float64(n) }

// The crews that the simulations are run with; a full second of normal work is 320 or 2,560 requests.
var crews = []struct {
	workers int
	latency time.Duration
}{{16, 50 * time.Millisecond}, {256, 100 * time.Millisecond}}

// simulate runs a store that refuses so with every crew.
func simulate(t *testing.T, refuse func() func(time.Duration, int) error, size int, d time.Duration, check func(*testing.T, *model, *sender.Counters)) {
	for _, c := range crews {
		t.Run(fmt.Sprint(c.workers), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &model{latency: c.latency, refuse: refuse()}
				counts := m.run(t, c.workers, size, d)
				check(t, m, counts)
			})
		})
	}
}

// A storm from second 5 to 65. The first two of it are the time to notice.
func TestStormIsBorneAndPeaceIsUsed(t *testing.T) {
	for _, asked := range []time.Duration{0, time.Second, 700 * time.Millisecond} {
		t.Run(asked.String(), func(t *testing.T) {
			storm := func() func(time.Duration, int) error {
				return during(5*time.Second, 65*time.Second, 1, tooMany(sender.TooManyRequests, asked))
			}
			simulate(t, storm, 1, 97*time.Second, func(t *testing.T, m *model, _ *sender.Counters) {
				normal := m.between(4, 5).served
				for s := 7; s < 65; s++ {
					if got := m.between(s, s+1).asked; got > normal/10 {
						t.Errorf("%d requests in second %d of the storm, of %d in peace", got, s-5, normal)
					}
				}
				if got := m.between(10, 65).asked; got > 4*55 {
					t.Errorf("%d requests in 55 s of the storm, want about one a second", got)
				}
				if got := m.between(65, 67).asked; got > normal/5 {
					t.Errorf("%d requests in the first two seconds of peace: a herd", got)
				}
				if got := m.between(94, 95).served; got < normal*9/10 {
					t.Errorf("%d requests served 30 s after the storm, of %d before", got, normal)
				}
			})
		})
	}
}

// A store that turns most away, but not all, must not leave a run behind that creeps.
func TestStormOfMostIsRecoveredFromToo(t *testing.T) {
	storm := func() func(time.Duration, int) error {
		return during(5*time.Second, 65*time.Second, 0.8, tooMany(sender.TooManyRequests, 0))
	}
	simulate(t, storm, 1, 97*time.Second, func(t *testing.T, m *model, _ *sender.Counters) {
		normal := m.between(4, 5).served
		if got := m.between(94, 95).served; got < normal*9/10 {
			t.Errorf("%d requests served 30 s after the storm, of %d before", got, normal)
		}
	})
}

// A part of many megabytes must not be what a pace of bytes waits for, long after the peace.
func TestStormOfBytesIsRecoveredFrom(t *testing.T) {
	storm := func() func(time.Duration, int) error {
		return during(5*time.Second, 65*time.Second, 1, tooMany(sender.TooManyBytes, 0))
	}
	simulate(t, storm, 64<<20, 97*time.Second, func(t *testing.T, m *model, _ *sender.Counters) {
		normal := m.between(4, 5).served
		if got := m.between(20, 65).asked; got > 15 {
			t.Errorf("%d parts in 45 s of the storm, want one in four seconds", got)
		}
		if got := m.between(94, 95).served; got < normal*9/10 {
			t.Errorf("%d parts served 30 s after the storm, of %d before", got, normal)
		}
	})
}

func TestLimitOfTheStoreIsFound(t *testing.T) {
	plain, named := tooMany(sender.TooManyRequests, 0), tooMany(sender.TooManyRequests, time.Second)
	for name, c := range map[string]struct {
		refuse func() func(time.Duration, int) error
		least  int // of what the store would serve, in percent; a pause that it names is lost to it
	}{
		"Evenly":           {func() func(time.Duration, int) error { return capped(100, 10, requests, plain) }, 90},
		"BySecond":         {func() func(time.Duration, int) error { return bySecond(100, plain) }, 90},
		"EvenlyAndNamed":   {func() func(time.Duration, int) error { return capped(100, 10, requests, named) }, 75},
		"BySecondAndNamed": {func() func(time.Duration, int) error { return bySecond(100, named) }, 75},
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, c.refuse, 1, 120*time.Second, func(t *testing.T, m *model, _ *sender.Counters) {
				all := m.between(20, 120)
				if all.served < 100*c.least {
					t.Errorf("%d requests served in 100 s, want %d %% of 10000", all.served, c.least)
				}
				if all.asked > all.served*12/10 {
					t.Errorf("%d requests for %d that were served", all.asked, all.served)
				}
			})
		})
	}
}

func TestByteLimitOfTheStoreIsFound(t *testing.T) {
	for _, size := range []int{1 << 20, 8 << 20} {
		t.Run(fmt.Sprint(size>>20, "MiB"), func(t *testing.T) {
			limit := func() func(time.Duration, int) error {
				return capped(40e6, 40e6, payload, tooMany(sender.TooManyBytes, 0))
			}
			simulate(t, limit, size, 120*time.Second, func(t *testing.T, m *model, _ *sender.Counters) {
				all := m.between(20, 120)
				if all.bytes < 90*40e6 {
					t.Errorf("%d MB in 100 s, want 90 %% of 4000", all.bytes/1e6)
				}
				if all.asked > all.served*12/10 {
					t.Errorf("%d requests for %d that were served", all.asked, all.served)
				}
			})
		})
	}
}

// Where less is not what helps, no less is asked for.
func TestRefusalsThatAreNoMatterOfTheRateCostLittle(t *testing.T) {
	for _, c := range []struct {
		share float64
		least int // of the normal work, in percent
	}{{0.05, 80}, {0.1, 50}, {0.3, 15}} {
		t.Run(fmt.Sprint(c.share), func(t *testing.T) {
			some := func() func(time.Duration, int) error {
				return during(5*time.Second, 65*time.Second, c.share, tooMany(sender.TooManyRequests, 0))
			}
			simulate(t, some, 1, 67*time.Second, func(t *testing.T, m *model, _ *sender.Counters) {
				normal := m.between(4, 5).served
				if got := m.between(5, 65).served; got < 60*normal*c.least/100 {
					t.Errorf("%d requests served in 60 s, want %d %% of %d", got, c.least, 60*normal)
				}
			})
		})
	}
}

// One refusal is a moment's pause, and then forgotten.
func TestLonelyRefusalSlowsNobody(t *testing.T) {
	one := func() func(time.Duration, int) error {
		struck := false
		return func(at time.Duration, _ int) error {
			if at < 5*time.Second || struck {
				return nil
			}
			struck = true
			return tooMany(sender.TooManyRequests, 0)
		}
	}
	simulate(t, one, 1, 10*time.Second, func(t *testing.T, m *model, counts *sender.Counters) {
		normal := m.between(4, 5).served
		if got := m.between(6, 10).served; got != 4*normal || counts.Slowed.Load() > 0 {
			t.Errorf("%d requests served in 4 s after it, and %d cuts, want %d and none", got, counts.Slowed.Load(), 4*normal)
		}
	})
}

// A store that wants fewer bytes is still asked what costs none.
func TestTooManyBytesHoldNoOtherRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &model{latency: 50 * time.Millisecond, start: time.Now()}
		m.refuse = func(_ time.Duration, n int) error {
			if n > 0 {
				return tooMany(sender.TooManyBytes, 0)
			}
			return nil
		}
		s := sender.Stack(m, sender.Options{})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		p := sender.Part{Number: 1, Payload: sender.Payload{Data: make([]byte, 1<<20)}}
		parallel(17, func(i int) {
			for ctx.Err() == nil && i > 0 {
				_, _ = s.SendPart(ctx, sender.Upload{}, p)
			}
			for time.Sleep(10 * time.Second); ctx.Err() == nil && i == 0; {
				_, _ = s.Head(ctx, "key")
			}
		})
		if got := m.between(15, 30).served; got < 15*20*9/10 {
			t.Errorf("%d questions answered in 15 s, want %d", got, 15*20)
		}
	})
}
