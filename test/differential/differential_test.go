package differential

import (
	"os"
	"slices"
	"testing"
)

// TestDifferential has every client meet every fault. ingest may fail none; what the others do goes into the table.
func TestDifferential(t *testing.T) {
	everybody := os.Getenv("INGEST_TORTURE") != ""
	clients := ours(t)
	if everybody {
		clients = append(clients, others(t)...)
	}
	b := &book{clients: clients}
	t.Run("cells", func(t *testing.T) {
		for _, s := range all() {
			if s.slow && !everybody {
				continue // a minute each, by the time-outs that are being tried
			}
			b.scenarios = append(b.scenarios, s)
			for _, c := range clients {
				t.Run(s.name+"/"+c.name, func(t *testing.T) {
					t.Parallel()
					r := newCell(t, c, s).play()
					r.report(t, c)
					b.enter(s, c, r)
				})
			}
		}
	})
	b.publish(t)
}

// play plays a scenario to its end.
func (c *cell) play() result {
	c.Helper()
	r := result{scenario: c.scenario}
	if c.scenario.checkpoint && !c.client.resumes {
		r.skipped = "no checkpoint"
		return r
	}
	c.first(&r)
	if c.scenario.between != nil && !r.over() {
		c.scenario.between(c)
	}
	for n := 0; n < tries && !r.over(); n++ {
		c.again(&r)
	}
	c.conclude(&r)
	return r
}

// tries is how often a client is run again that does not finish.
const tries = 2

// first is the run, or the runs, that the fault strikes.
func (c *cell) first(r *result) {
	c.Helper()
	s := c.scenario
	c.struck = s.rules == nil || s.during != nil || s.twin || s.wrap != nil
	if s.rules != nil {
		c.script.Set(s.rules(c)...)
	}
	c.proxy.Plan(s.plan)
	var ends []ended
	if s.twin {
		one, other := c.twice()
		ends = append(ends, one, other)
	} else {
		ends = append(ends, c.run(s.during))
	}
	c.mend()
	c.scenario.wrap = nil
	r.add(c, best(ends))
	if s.says != nil {
		r.remark, r.remarked = s.says(c, ends[0])
	}
}

// best is the run that counts of those that ran at once: one that says it succeeded, if there is one.
func best(ends []ended) ended {
	if i := slices.IndexFunc(ends, func(e ended) bool { return e.code == 0 }); i > 0 {
		return ends[i]
	}
	return ends[0]
}

// again is the run after it, with the same checkpoint and, but for what the scenario has in store, without a fault.
func (c *cell) again(r *result) {
	c.Helper()
	s := c.scenario
	if !s.kills && len(c.valid) > 1 {
		c.valid = c.valid[1:] // the file as it is now
	}
	if s.later != nil {
		c.struck = false
		c.script.Set(s.later(c)...)
	}
	c.scenario.debug, c.scenario.kills, c.scenario.later = false, false, nil
	e := c.run(nil)
	c.mend()
	r.add(c, e)
}

func (c *cell) conclude(r *result) {
	c.Helper()
	r.struck = c.struck
	if c.scenario.size > 0 {
		r.sent = float64(c.tally.sent()) / float64(c.scenario.size)
	}
	open, err := c.uploads(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	r.left = len(open)
}
