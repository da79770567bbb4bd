package pipeline

import "sync/atomic"

// crew are the desks of a stage: those there are, and those to come. Where the number of parts in flight is found while
// the run goes, there is always one desk more than that, at which a worker waits: as soon as the number is raised, he
// takes a job and another worker comes. Nobody is sent away when it is lowered; he waits for a job that does not come.
type crew struct {
	desks []*desk
	hired atomic.Int64
	more  func(hired int64) bool // whether so many are too few; nil: they never are
	desk  func() *desk
}

// crew returns the desks of a stage through which every part, or every file, goes.
func (r *Runner) crew(stage string) *crew {
	c := &crew{desks: r.desks(stage, r.flow.parallel())}
	if r.flow.tuner == nil {
		return c
	}
	c.hired.Store(int64(len(c.desks)))
	c.more = func(hired int64) bool { return hired <= r.flow.limit.Load() }
	c.desk = func() *desk { return r.desks(stage, 1)[0] }
	return c
}

// another returns a desk for one worker more, or nil if there are enough.
func (c *crew) another() *desk {
	if c.more == nil {
		return nil
	}
	hired := c.hired.Load()
	if !c.more(hired) || !c.hired.CompareAndSwap(hired, hired+1) {
		return nil
	}
	return c.desk()
}
