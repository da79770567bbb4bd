package pipeline

import (
	"cmp"

	"github.com/sourcegraph/conc"
)

// lane is the stage that opens files. Those of several parts it hands on, to be scattered. One that is a single
// request, or has failed, goes the rest of its way at the desk where it was opened, and from there straight back, to
// be settled. Each hand-over wakes a goroutine; on the way of the parts there are eight, which cost a file of 16 KiB a
// tenth of all its processor time.
//
// Neither kind of file starves the other. Who reads a part waits for one of the reader's buffers, and is served in
// the order in which he came; who holds one waits for nobody who may be waiting for another. So there are never more
// parts in flight than buffers, whichever way they take.
func (l *ledger) lane(wg *conc.WaitGroup, s steps, in <-chan *file, back chan<- *file) <-chan *file {
	out := make(chan *file)
	wg.Go(func() {
		defer close(out)
		work(l.crew("open"), in, func(d *desk, f *file) {
			d.take(f)
			s.open(f)
			next := (chan<- *file)(out)
			switch {
			case f.err == nil && f.there:
				f.close()
				next = back
			case f.err != nil || f.one():
				l.carry(d, s, f)
				next = back
			}
			d.leave()
			next <- f
		})
	})
	return out
}

// carry takes an opened file of one part through all the other steps. Of one that has failed the part has the error,
// by which each step passes it on.
func (l *ledger) carry(d *desk, s steps, f *file) {
	p := l.part(f, 1)
	p.err = cmp.Or(f.err, p.err)
	d.move("read", p)
	s.read(p)
	d.move("hash", p)
	s.hash(p)
	d.move("send", p)
	s.send(p)
	l.gathered(p)
	d.move("finish", f)
	s.finish(f)
}
