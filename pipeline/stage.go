package pipeline

import "github.com/sourcegraph/conc"

// stage runs step on every job of in, one at each desk at a time, and hands the job on. Its output, unbuffered, is
// closed once in is closed and every job has been handed on. The goroutines belong to wg.
func stage[J job](wg *conc.WaitGroup, desks []*desk, in <-chan J, step func(J)) <-chan J {
	out := make(chan J)
	wg.Go(func() {
		defer close(out)
		work(desks, in, through(step, out))
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

// work has a worker at each desk do every job of in. It returns once in is closed and the last job is done.
func work[J job](desks []*desk, in <-chan J, do func(*desk, J)) {
	var workers conc.WaitGroup
	defer workers.Wait()
	for _, d := range desks {
		workers.Go(func() {
			for job := range in {
				do(d, job)
			}
		})
	}
}
