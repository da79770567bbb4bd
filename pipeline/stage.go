package pipeline

import "github.com/sourcegraph/conc"

// stage runs step on every job of in, one at each desk at a time, and hands the job on. Its output, unbuffered, is
// closed once in is closed and every job has been handed on. The goroutines belong to wg.
func stage[J job](wg *conc.WaitGroup, desks []*desk, in <-chan J, step func(J)) <-chan J {
	out := make(chan J)
	wg.Go(func() {
		defer close(out)
		var workers conc.WaitGroup
		defer workers.Wait()
		for _, d := range desks {
			workers.Go(func() {
				for job := range in {
					d.take(job)
					step(job)
					d.leave()
					out <- job
				}
			})
		}
	})
	return out
}
