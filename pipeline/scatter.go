package pipeline

import "github.com/sourcegraph/conc"

// scatter sends out the parts of each file, in order. A file that failed already has one part, which carries the
// error: every file has at least one part to be gathered by.
func (r *Runner) scatter(wg *conc.WaitGroup, files <-chan *file) <-chan *part {
	out := make(chan *part)
	wg.Go(func() {
		defer close(out)
		for f := range files {
			if f.err != nil {
				f.left = 1
				out <- &part{file: f, number: 1, err: f.err}
				continue
			}
			r.scatterFile(f, out)
		}
	})
	return out
}

// scatterFile sends out the parts of a file. With the last of them it lets go of the file: whatever it needs then
// it has read before.
func (r *Runner) scatterFile(f *file, out chan<- *part) {
	parts := f.plan.Parts
	f.left = parts
	if parts > 1 {
		r.tally.enter(f)
	}
	for number := 1; number <= parts; number++ {
		out <- r.part(f, number)
	}
}

func (r *Runner) part(f *file, number int) *part {
	p := &part{file: f, number: number}
	p.off, p.n = f.plan.Layout(number, f.object.Size)
	if claim, ok := f.claims[number]; ok {
		p.claim, p.kept = &claim, f.plan.Action == CarryOn
	}
	if r.halt.stopped() && !p.kept {
		p.err = ErrStopped
	}
	return p
}
