package pipeline

import "github.com/sourcegraph/conc"

// stage runs step on every job of in, one at each desk at a time, and hands the job on. Its output, unbuffered, is
// closed once in is closed and every job has been handed on. The goroutines belong to wg.
func stage[J job](wg *conc.WaitGroup, c *crew, in <-chan J, step func(J)) <-chan J {
	out := make(chan J)
	wg.Go(func() {
		defer close(out)
		work(c, in, through(step, out))
	})
	return out
}

// through is what a worker does at a desk: the step, and then the job is out's.
func through[J job](step func(J), out chan<- J) func(*desk, J) {
	return func(d *desk, job J) {
		d.take(job)
		step(job)
		d.leave()
		out <- job
	}
}

// work has a worker at each desk do every job of in. It returns once in is closed and the last job is done. Who takes a
// job sees to it that the crew grows if it should.
func work[J job](c *crew, in <-chan J, do func(*desk, J)) {
	var workers conc.WaitGroup
	defer workers.Wait()
	var hire func(d *desk)
	hire = func(d *desk) {
		workers.Go(func() {
			for job := range in {
				if d := c.another(); d != nil {
					hire(d)
				}
				do(d, job)
			}
		})
	}
	for _, d := range c.desks {
		hire(d)
	}
}
