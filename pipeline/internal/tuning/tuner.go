package tuning

import (
	"time"
)

// The length of an epoch. It lasts until as many requests as are in flight began and ended in it, and its goodput is
// known well enough; but beyond the first of these not for longer than longest.
const (
	shortest    = 20 * time.Millisecond
	rushDoubt   = 0.25
	rushLongest = 500 * time.Millisecond
	doubt       = 0.01
	longest     = time.Second

	// refusals is the share of requests turned away for which fewer are in flight, fewest the number down to which.
	refusals = 0.05
	fewest   = 4

	// hears is the least time between two such steps: what was in flight before has its answers by then.
	hears = 250 * time.Millisecond
)

// Tuner moves the limit on requests in flight. Its Meter may be used by all at once, the rest by one goroutine.
type Tuner struct {
	Meter
	climber  *climber
	settling bool  // fewer were wanted, and those in flight are not down to that yet
	refused  int64 // as of the beginning of the epoch
}

// New returns a tuner that starts with so many in flight, and never wants more than most.
func New(start, most int) *Tuner { return &Tuner{climber: newClimber(start, most)} }

// Limit is how many requests may be in flight.
func (t *Tuner) Limit() int { return rungs[t.climber.trying] }

// Look decides, now, how many requests may be in flight from now on. Throttled is how many were turned away since the
// run began, by a store that wanted less. Most bounds the answer, and may move.
func (t *Tuner) Look(now time.Duration, throttled int64, most int) int {
	was := t.Limit()
	t.climber.bound(most)
	s := t.look(now)
	switch {
	case t.Limit() != was:
	case t.turnedAway(s, throttled-t.refused):
		t.climber.refused(now, rungOf(fewest))
	case t.settling:
		t.settling = s.now > was && s.lasts < 4*s.took
		if !t.settling {
			t.turn(now)
		}
		return was
	case !t.enough(s):
		return was
	default:
		t.climber.next(measure{s, now})
	}
	t.refused, t.settling = throttled, t.Limit() < was
	t.turn(now)
	return t.Limit()
}

// turnedAway reports whether the store wants less than it is asked for.
func (t *Tuner) turnedAway(s sample, refused int64) bool {
	return s.lasts >= max(hears, s.took) && refused > 2 && float64(refused) > refusals*s.n
}

// enough reports whether the epoch has shown what it can.
func (t *Tuner) enough(s sample) bool {
	if s.n < float64(t.Limit()) || s.lasts < shortest || s.served == 0 {
		return false
	}
	variance := s.variance(s.worth())
	if t.climber.rushing {
		return variance*s.flying <= rushDoubt*rushDoubt || s.lasts >= rushLongest
	}
	return variance <= doubt*doubt || s.lasts >= longest
}
