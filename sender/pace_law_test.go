package sender

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever a store answers, and whenever, a pace stays a rate: at least one a second, never lost in infinity, never
// raised by a refusal.
func TestPaceStaysARate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(1e9, 0)
		p := newPace(answer{sent: now, at: now})
		for range rapid.IntRange(1, 200).Draw(t, "answers") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "after")))
			a := answer{
				sent:  now.Add(-time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "latency"))),
				at:    now,
				units: rapid.Float64Range(1, 5<<30).Draw(t, "units"),
			}
			before := p.rate()
			if rapid.Bool().Draw(t, "served") {
				p.serve(a)
				continue
			}
			a.asked = time.Duration(rapid.Int64Range(0, int64(MaxRetryAfter)).Draw(t, "asked"))
			cut := p.refuse(a)
			if rate := p.rate(); !(rate >= 1 && rate <= before) || (cut && math.IsInf(rate, 1)) {
				t.Fatalf("rate %v after a refusal, %v before; cut: %v", rate, before, cut)
			}
		}
	})
}

// after returns an answer to a request that was sent at one moment and answered at another.
func after(start time.Time, sent, at time.Duration) answer {
	return answer{sent: start.Add(sent), at: start.Add(at), units: 1}
}

// What was on its way when the rate was cut is turned away too, for as long as it takes. It says nothing of the new
// rate.
func TestEchoOfAStormCutsOnce(t *testing.T) {
	start := time.Unix(1e9, 0)
	p := newPace(after(start, 0, 0))
	cuts := 0
	for i := range 1000 { // sent within a fifth of a second, answered within ten
		sent := time.Duration(i) * 200 * time.Microsecond
		if p.refuse(after(start, sent, 50*sent)) {
			cuts++
		}
	}
	if cuts != 1 {
		t.Errorf("%d cuts, want 1", cuts)
	}
}

func TestLineEndsInPeace(t *testing.T) {
	start := time.Unix(1e9, 0)
	l := newLine(time.Second)
	if first, _ := l.refuse(after(start, 0, 0)); !first || !l.paced.Load() {
		t.Fatal("there is no pace after a refusal")
	}
	for at := time.Second; l.paced.Load(); at += time.Second {
		if at > calm+2*time.Second {
			t.Fatalf("the pace is still there after %v without a refusal", at)
		}
		l.serve(after(start, at, at))
	}
	if first, _ := l.refuse(after(start, time.Hour, time.Hour)); !first {
		t.Error("the next refusal is not taken for the first one")
	}
}

// Five minutes of silence that the store asked for are no five minutes in which it served everybody.
func TestPauseProvesNothing(t *testing.T) {
	start := time.Unix(1e9, 0)
	p := pace{epoch: start, base: 100, good: math.Inf(1), tolerated: tolerance, vain: vainCuts}
	refusal := after(start, 0, time.Second)
	refusal.asked = 5 * time.Minute
	if p.refuse(refusal) {
		t.Fatal("the rate was cut")
	}
	end := time.Second + refusal.asked
	p.serve(after(start, end, end+100*time.Millisecond))
	if got := p.rate(); got > 110 {
		t.Errorf("rate %v after the pause, want hardly more than 100", got)
	}
}
