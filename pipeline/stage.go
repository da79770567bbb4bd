package pipeline

import "github.com/sourcegraph/conc"

// stage runs step on every job of in, n at a time, and hands the job on. Its output, unbuffered, is closed once
// in is closed and every job has been handed on. The goroutines belong to wg.
func stage[J any](wg *conc.WaitGroup, n int, in <-chan J, step func(J)) <-chan J {
	out := make(chan J)
	wg.Go(func() {
		defer close(out)
		var workers conc.WaitGroup
		defer workers.Wait()
		for range n {
			workers.Go(func() {
				for job := range in {
					step(job)
					out <- job
				}
			})
		}
	})
	return out
}
