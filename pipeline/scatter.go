package pipeline

import (
	"github.com/ingest-dev/ingest/journal"
	"github.com/sourcegraph/conc"
)

// scatter sends out the parts of each file, in order.
func (r *Runner) scatter(wg *conc.WaitGroup, files <-chan *file) <-chan *part {
	out := make(chan *part)
	wg.Go(func() {
		defer close(out)
		for f := range files {
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
	if f.claims != nil {
		p.lookUp(f.claims)
	}
	if r.halt.stopped() && !p.kept {
		p.err = ErrStopped
	}
	return p
}

// lookUp finds the claim on a part, if there is one.
func (p *part) lookUp(claims map[int]journal.Part) {
	if claim, ok := claims[p.number]; ok {
		p.claim, p.kept = &claim, p.file.plan.Action == CarryOn
	}
	if listed, ok := p.file.listed[p.number]; ok {
		p.unsure = &listed
	}
}
