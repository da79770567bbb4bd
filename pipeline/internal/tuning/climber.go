package tuning

import (
	"math"
	"time"
)

// The law of the climb. The numbers are held by the simulations in law_test.go.
const (
	// gains is the least gain of goodput, as a logarithm, for which more are in flight, and the most that fewer may
	// lose.
	gains = 0.01

	// more and fewer are by how many standard errors a higher rung must be better, and a lower one not worse: where all
	// is noise, it is those with fewer in flight that are taken.
	more, fewer = 1.5, 1

	// rushes is the gain of a doubling for which the next one is tried at once: four tenths of the best that it could be.
	rushes = 0.3

	// quiet is the noise as long as it was not learned: the variance of what one epoch seems to show.
	quiet = 0.05 * 0.05

	// fades is how fast what was learned of a rung becomes uncertain: its variance a second, so that after half a
	// minute it may be off by 5 %.
	fades = 0.05 * 0.05 / 30

	// restMost is how many epochs go by at the base at most between two tries that changed nothing.
	restMost = 7

	// shock is a change of the goodput at the same rung, as a logarithm, by which conditions have changed: what is
	// known of the other rungs is forgotten.
	shock = 0.25

	// banned is how long no more are tried after the store turned requests away; twice as long, up to bannedMost, where
	// it does so again soon after that.
	banned     = 10 * time.Second
	bannedMost = 5 * time.Minute
)

// rungs are the limits that are tried.
var rungs = func() []int {
	list := []int{2, 3}
	for n := 4; n <= 1<<12; n *= 2 {
		list = append(list, n, n+n/2)
	}
	return list
}()

// rungOf returns the highest rung that is not above n, at least the lowest.
func rungOf(n int) int {
	for i := len(rungs) - 1; i > 0; i-- {
		if rungs[i] <= n {
			return i
		}
	}
	return 0
}

// belief is a logarithm of goodput, relative to that of the base or absolute, and its variance.
type belief struct{ mean, variance float64 }

var unknown = belief{0, math.Inf(1)}

// plus weighs another belief in.
func (b belief) plus(o belief) belief {
	if math.IsInf(b.variance, 1) {
		return o
	}
	w := b.variance / (b.variance + o.variance)
	return belief{b.mean + w*(o.mean-b.mean), w * o.variance}
}

func (b belief) sure(z float64) float64 { return b.mean - z*math.Sqrt(b.variance) }

// measure is one epoch at a rung, which ended at a moment.
type measure struct {
	sample
	at time.Duration
}

// gain is how much better an epoch was than the base, as its epochs before and after show, of which one may be unknown.
func (c *climber) gain(m, before, after measure) belief {
	worth := before.worth()
	g, a, b := m.goodput(worth), before.goodput(worth), after.goodput(worth)
	for _, v := range []*belief{&g, &a, &b} {
		v.variance = max(v.variance, c.noise)
	}
	if before == after {
		return belief{g.mean - a.mean, g.variance + a.variance}
	}
	return belief{g.mean - (a.mean+b.mean)/2, g.variance + (a.variance+b.variance)/4}
}

// climber looks for the rung to stand on. It is a value: what it decides follows from what it is told.
type climber struct {
	least, most int // rungs to stay between
	base        int // the rung that is best as far as is known
	trying      int // the rung in force: base, or another that is tried
	rushing     bool

	others [64]belief    // of each rung's goodput, relative to the base's
	now    time.Duration // as of when
	before measure       // the latest epoch at the base
	tried  *measure      // the epoch at the other rung since then, or nil
	of     int           // the rung that was tried
	noise  float64       // variance between two epochs at the base, from one to the next
	steps  int           // how many epochs taught it

	resting int // epochs to stay at the base before another rung is tried
	rest    int // how many the last time

	ceiling int           // rung above which nothing is tried
	until   time.Duration // when the ceiling is lifted
	ban     time.Duration // how long the next one stays
}

func newClimber(start, most int) *climber {
	c := &climber{most: rungOf(most), rushing: true, noise: quiet, ceiling: len(rungs), ban: banned}
	c.base = min(rungOf(start), c.most)
	c.trying = c.base
	c.forget()
	return c
}

func (c *climber) forget() {
	for i := range c.others {
		c.others[i] = unknown
	}
	c.others[c.base] = belief{}
}

// next hears of an epoch at the rung in force and decides on the next.
func (c *climber) next(m measure) {
	c.age(m.at)
	switch {
	case c.trying != c.base && c.rushing:
		c.rush(m)
	case c.trying != c.base:
		c.tried, c.of, c.trying = &m, c.trying, c.base
	default:
		c.atBase(m)
	}
}

// age lets what is known become uncertain.
func (c *climber) age(now time.Duration) {
	for i := range c.others {
		if i != c.base {
			c.others[i].variance += fades * (now - c.now).Seconds()
		}
	}
	c.now = now
	if now >= c.until {
		c.ceiling = len(rungs)
	}
}

// rush compares an epoch with the one before it at half as many, and doubles again if that was worth it. There is no
// third epoch that would tell a gain from the noise of a busy machine; so all that are in flight at once are taken to
// have the same luck.
func (c *climber) rush(m measure) {
	gain := c.gain(m, c.before, c.before)
	worth := c.before.worth()
	gain.variance += m.flying*m.variance(worth) + c.before.flying*c.before.variance(worth)
	from, to := c.base, c.trying
	c.learn(to, gain)
	c.rushing = gain.mean >= rushes && gain.sure(1) > 0.1
	if c.rushing {
		c.stand(to)
		c.before = m
	}
	for between := from + 1; between < to; between++ { // it was not tried: half of the way, roughly
		c.others[between] = belief{(c.others[from].mean + c.others[to].mean) / 2, gain.variance + gain.mean*gain.mean/16}
	}
	c.trying = c.base
	if c.rushing {
		c.trying = c.up(2)
		c.rushing = c.trying != c.base
	}
}

// atBase learns from an epoch at the base, and from the one at another rung before it.
func (c *climber) atBase(m measure) {
	before, tried := c.before, c.tried
	c.before, c.tried = m, nil
	switch {
	case before.at == 0:
	case c.shocked(c.gain(m, before, before).mean):
		c.forget()
		c.rest = 0
	case tried != nil:
		c.compare(*tried, c.gain(*tried, before, m))
		return
	}
	if c.resting--; c.resting < 0 {
		c.trying = c.wanted()
	}
	if c.rushing {
		c.trying = c.up(2)
		c.rushing = c.trying != c.base
	}
}

// shocked reports whether conditions have changed, from how the goodput did at the same rung, which also teaches how
// noisy it is.
func (c *climber) shocked(by float64) bool {
	most := max(shock, 4*math.Sqrt(c.noise))
	c.steps++
	c.noise += (min(by*by, most*most)/2 - c.noise) / float64(min(c.steps+3, 16))
	return math.Abs(by) > most
}

// compare takes what was tried for what it was, and moves to what is best now. Where that is far better, it goes on
// by two rungs at once.
func (c *climber) compare(t measure, gain belief) {
	c.learn(c.of, gain)
	best := c.best()
	if best == c.base {
		c.rest = min(2*c.rest+1, restMost)
		c.resting = c.rest
		return
	}
	c.rest, c.before = 0, measure{}
	if best == c.of {
		c.before = t
	}
	further := best > c.base && gain.mean > rushes/2
	c.stand(best)
	c.trying = c.wanted()
	if further {
		c.trying = c.up(2)
	}
}

func (c *climber) learn(rung int, gain belief) { c.others[rung] = c.others[rung].plus(gain) }

// stand makes another rung the base.
func (c *climber) stand(rung int) {
	if rung == c.base {
		return
	}
	shift := c.others[rung]
	for i := range c.others {
		c.others[i].mean -= shift.mean
		if i == c.base {
			c.others[i].variance = shift.variance
		}
	}
	c.others[rung] = belief{}
	c.base, c.trying = rung, rung
}

// best is the lowest rung that is surely as good as any.
func (c *climber) best() int {
	most := 0.0
	for i := c.base + 1; i <= c.most; i++ {
		most = max(most, c.others[i].sure(more))
	}
	for i := c.least; i <= c.most; i++ {
		if i <= c.base && c.others[i].sure(fewer) >= most-gains || i > c.base && c.others[i].sure(more) >= most-gains {
			return i
		}
	}
	return c.base
}

// wanted is the rung to try next: the neighbour of which it is the least certain that it is no better, or the base.
func (c *climber) wanted() int {
	want, doubt := c.base, 0.0
	for _, i := range []int{c.up(1), c.down()} {
		least := gains
		if i < c.base {
			least = -gains
		}
		b := c.others[i]
		if i != c.base && b.sure(-2) > least && math.Sqrt(b.variance) > doubt {
			want, doubt = i, math.Sqrt(b.variance)
		}
	}
	return want
}

// up is the rung so many above the base, as far as there is one.
func (c *climber) up(n int) int { return max(c.base, min(c.base+n, c.most, c.ceiling)) }

func (c *climber) down() int { return max(c.base-1, c.least) }

// refused hears that the store wants less: fewer are in flight from now on, and no more for a while.
func (c *climber) refused(now time.Duration, fewest int) {
	c.base = max(min(c.base, c.trying)-1, min(fewest, c.base), c.least)
	switch {
	case now < c.until: // the same storm
	case now < c.until+c.ban:
		c.ban = min(2*c.ban, bannedMost)
	default:
		c.ban = banned
	}
	c.ceiling, c.until = c.base, now+c.ban
	c.trying, c.rushing, c.tried, c.before = c.base, false, nil, measure{}
	c.rest, c.resting = 0, 0
	c.forget()
}

// bound keeps the climb below a limit, which may move.
func (c *climber) bound(most int) {
	c.most = rungOf(most)
	if c.base > c.most {
		c.base, c.tried, c.before = c.most, nil, measure{}
		c.forget()
	}
	c.trying = min(c.trying, max(c.most, c.base))
}
