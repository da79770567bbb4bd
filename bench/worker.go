package bench

import (
	"context"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

// worker sends one unit after another. Its buffer is the one part in flight that it stands for.
type worker struct {
	*run
	clock  clock
	buffer []byte
}

// work sends units until there are no more. The first that fails ends all.
func (r *run) work(ctx context.Context, n int, cancel context.CancelCauseFunc) {
	w := &worker{run: r}
	ctx = context.WithValue(ctx, clockKey{}, &w.clock)
	busy := &r.busy[n]
	defer busy.Store(idle)
	for ctx.Err() == nil {
		began := time.Since(r.began)
		busy.Store(int64(began))
		u, ok := r.queue.next()
		if !ok {
			return
		}
		if err := w.send(ctx, u); err != nil {
			cancel(err)
			return
		}
		w.count(ctx, u, began)
	}
}

// count takes note of a unit that was sent.
func (w *worker) count(ctx context.Context, u unit, began time.Duration) {
	w.line.add(began, time.Since(w.began), Amount{float64(u.n), 1 / float64(u.object.parts), 1})
	w.units.Add(1)
	if w.warm.Load() {
		for stage, spent := range w.clock.spent {
			w.latency[stage].Add(spent)
		}
	}
	if u.object.left.Add(-1) == 0 {
		w.end(ctx, u.object)
	}
}

// send is what a run does with a part: read, hash, send.
func (w *worker) send(ctx context.Context, u unit) error {
	w.clock.start()
	if err := u.object.await(ctx); err != nil {
		return err
	}
	w.clock.stop(Opening)
	data, release, err := w.read(ctx, u)
	if err != nil {
		return err
	}
	defer release()
	w.clock.stop(Reading)
	p := sender.Payload{Data: data, Sums: hasher.Sum(data, hasher.SetOf(hasher.XXH3, w.stack.Wire()))}
	w.clock.stop(Hashing)
	receipt, err := w.put(ctx, u, p)
	w.clock.stop(Waiting)
	if err == nil {
		w.ground.taken(receipt)
	}
	return err
}

func (w *worker) put(ctx context.Context, u unit, p sender.Payload) (sender.Receipt, error) {
	if u.object.whole() {
		return w.stack.Put(ctx, &u.object.Object, p)
	}
	return w.stack.SendPart(ctx, u.object.upload, sender.Part{Number: u.number, Offset: u.off, Payload: p})
}

// read brings a unit's bytes into memory, until release is called.
func (w *worker) read(ctx context.Context, u unit) (data []byte, release func(), err error) {
	if u.object.source != nil {
		chunk, err := u.object.source.Read(ctx, u.off, int(u.n))
		if err != nil {
			return nil, nil, &SourceError{u.object.path, err}
		}
		return chunk.Bytes(), chunk.Release, nil
	}
	if int64(cap(w.buffer)) < u.n {
		w.buffer = make([]byte, u.n)
	}
	data = w.buffer[:u.n]
	w.pattern.fill(data)
	return data, func() {}, nil
}
