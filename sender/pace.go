package sender

import (
	"math"
	"time"
)

// The law of a pace. The shape of the climb is that of CUBIC (RFC 9438), which congested networks have taught: fast
// towards what went well last, slow around it, and fast again beyond. The numbers are held by the simulations in
// pace_test.go, of stores with storms and with limits.
const (
	// tolerance is the share of refusals for which nothing is slowed down: up to there, trying again costs less.
	tolerance = 0.1

	// sample is the least time over which a rate is measured before it is cut, and how long a tally runs before the
	// next one begins. Stores count by the second: a measure of less than one would depend on the phase.
	sample = time.Second

	// cutTo is the share of what the store serves to which a rate is cut, and cutMost the least part that is left of
	// the rate, so that a hiccup of a moment does not cost a minute.
	cutTo   = 0.9
	cutMost = 0.125

	// plateau is when the climb reaches the rate that went well last; twice that, it has gone half as far beyond.
	// From then on, and from the floor, the rate doubles each second.
	plateau = 6 * time.Second

	// calm is how long nobody must have been held or turned away before there is no pace any more.
	calm = 3 * time.Second

	// stale is how old a tally may be: what was served before a long silence says nothing of now.
	stale = 5 * time.Second

	// blind is the rate, in requests a second, below which nothing is cut that could not be measured.
	blind = 10

	// vainCuts is how many cuts in a row may follow one without having asked for more than was served then.
	vainCuts = 2
)

// pace is how much of something, requests or bytes, a store is asked for in a second while it wants less of it. It
// is a value without locks or clocks: what it decides follows from the answers and their times.
//
//	rate
//	  |----.                                     ./
//	  |    | cut to what       good         ..../    lifted once it limits nobody
//	  |    | was served   . . ..-----------'
//	  |    '.          ../
//	  |     '..      ./  doubling
//	  |       '._____/
//	  +----------------------------------------------- time
//	       storm      peace
//
// Only answers to requests that were sent since the last cut count: the others echo a rate that is no more. And only
// a request that was served lets the rate climb, so that a store that serves nobody is asked once a second.
type pace struct {
	epoch  time.Time     // of the last cut, or when a pause ends that the store asked for with it
	base   float64       // the rate after it, in units a second; +Inf: the pace is measuring, and limits nothing yet
	good   float64       // the rate that the store last proved to serve; +Inf: not known
	proven time.Duration // from epoch to the latest answer that was served

	before, tally tally // the one that is complete, and the one that is running; both since epoch

	tolerated float64 // tolerance, or more where refusals turned out to be no matter of the rate
	vain      int     // cuts in a row that went below what had just been served
}

// tally is what was answered since a moment.
type tally struct {
	since           time.Time
	asked, served   float64 // units
	answers, turned int     // answers, and refusals among them
}

// plus adds up two tallies, of which the other is the later one.
func (t tally) plus(o tally) tally {
	return tally{t.since, t.asked + o.asked, t.served + o.served, t.answers + o.answers, t.turned + o.turned}
}

// share returns the share of refusals.
func (t tally) share() float64 { return float64(t.turned) / float64(max(t.answers, 1)) }

// exceeds reports whether the share of refusals is above limit, by more than chance would have it.
func (t tally) exceeds(limit float64) bool {
	expected := limit * float64(t.answers)
	return float64(t.turned) > expected+2*math.Sqrt(expected)
}

// answer is what a pace hears of.
type answer struct {
	sent, at time.Time
	units    float64       // requests, or bytes
	asked    time.Duration // what a refusal asked to wait; 0 if it said nothing
}

// of returns the answer as one about so many units.
func (a answer) of(units int) answer {
	a.units = float64(units)
	return a
}

// newPace returns a pace that measures, because a store has wanted less for the first time.
func newPace(a answer) pace {
	return pace{epoch: a.at.Add(a.asked), base: math.Inf(1), good: math.Inf(1), tolerated: tolerance}
}

// rate returns the units a second that may be asked for, at least one.
func (p *pace) rate() float64 {
	x := p.proven.Seconds()/plateau.Seconds() - 1
	beyond := math.Exp2(max(0, x-1) * plateau.Seconds())
	curve := p.good * (1 + math.Pow(min(x, 1), 3)/2) * beyond
	climb := p.base * math.Exp2(p.proven.Seconds())
	return max(p.base, min(climb, curve))
}

// serve takes note of an answer by which the store did what it was asked.
func (p *pace) serve(a answer) {
	if !p.counts(a) {
		return
	}
	t := p.running(a.at)
	t.answers++
	t.asked += a.units
	t.served += a.units
	p.proven = a.at.Sub(p.epoch)
}

// refuse takes note of an answer by which the store wanted less. It reports whether the rate was cut.
func (p *pace) refuse(a answer) bool {
	if !p.counts(a) {
		return false
	}
	t := p.running(a.at)
	t.answers++
	t.asked += a.units
	t.turned++
	if p.tooMuch(a) {
		p.cut(a)
		return true
	}
	if a.asked > 0 { // nothing is measured, and nothing proven, by a pause
		p.restart(a, p.rate(), p.good)
	}
	return false
}

// counts reports whether an answer is about the present rate.
func (p *pace) counts(a answer) bool { return !a.sent.Before(p.epoch) && !a.at.Before(p.epoch) }

// peaceful reports whether nobody was turned away in a while.
func (p *pace) peaceful() bool { return p.before.turned+p.tally.turned == 0 && p.proven >= calm }

// running returns the tally that an answer of now belongs to. One that starts a clock is not counted by it, and one
// that stops it is: n answers span n intervals.
func (p *pace) running(now time.Time) *tally {
	switch age := now.Sub(p.tally.since); {
	case p.tally.since.IsZero(), age > stale:
		p.before, p.tally = tally{since: now}, tally{since: now}
		return new(tally)
	case age >= sample:
		p.before, p.tally = p.tally, tally{since: now}
		p.forgive()
		return &p.before
	}
	return &p.tally
}

// forgive forgets that refusals were no matter of the rate, once there are hardly any.
func (p *pace) forgive() {
	if p.before.answers >= blind && p.before.share() < tolerance/2 {
		p.tolerated, p.vain = tolerance, 0
	}
}

// tooMuch reports whether the rate must be cut for a refusal: at once if the store names a time, else for more than
// it may be by chance.
//
// Where the store keeps turning away a part, but less than half, of less than it had just served, the refusals come
// from something else than the rate: a machine of many that is ill, a prefix that is hot. Who went on slowing down
// would end at the floor for nothing.
func (p *pace) tooMuch(a answer) bool {
	lately := p.before.plus(p.tally)
	measured := a.at.Sub(lately.since) >= sample
	if a.asked == 0 && (!measured || !lately.exceeds(p.tolerated)) {
		return false
	}
	if p.rate() > p.good || (measured && lately.share() >= 0.5) {
		p.vain = 0
		return true
	}
	if p.vain < vainCuts {
		p.vain++
		return true
	}
	p.tolerated = max(p.tolerated, 1.5*lately.share())
	return false
}

// cut starts a new epoch at a lower rate. What the store serves is measured by the complete tally, which is of a whole
// second as the store's own is; in a storm, by all that is known.
func (p *pace) cut(a answer) {
	lately := p.before.plus(p.tally)
	if a.at.Sub(lately.since) < sample {
		p.restart(a, p.blindly(a), p.good)
		return
	}
	known, span := p.before, p.tally.since.Sub(p.before.since)
	if lately.share() >= 0.5 {
		known, span = lately, a.at.Sub(lately.since)
	}
	asked, served, good := known.asked/span.Seconds(), known.served/span.Seconds(), p.good
	if lately.share() <= 1-tolerance {
		good = served
	}
	p.restart(a, min(p.rate(), max(cutTo*served, cutMost*asked)), good)
}

// restart starts a new epoch.
func (p *pace) restart(a answer, base, good float64) {
	*p = pace{epoch: a.at.Add(a.asked), base: max(base, 1), good: max(good, 1), tolerated: p.tolerated, vain: p.vain}
}

// blindly returns what to cut to where nothing could be measured.
func (p *pace) blindly(a answer) float64 {
	least := blind * a.units
	if math.IsInf(p.rate(), 1) {
		return least
	}
	return min(p.rate(), max(p.rate()/2, least))
}
