package bench

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
)

// run is one measurement.
type run struct {
	*Bench
	setting  Setting
	effort   Effort
	stack    sender.Store
	counters *sender.Counters
	reader   *reader.Reader
	queue    *queue

	began    time.Time
	line     timeline
	busy     []atomic.Int64 // when each worker began what it does, in nanoseconds since began; idle: nothing
	units    atomic.Int64   // sent
	latency  [Stages]Sketch
	warm     atomic.Bool // latencies are taken
	start    mark
	from, to mark // of what counts

	aside sync.WaitGroup // what is opened and ended beside the workers
	ends  chan struct{}  // as many as may end at once
	mu    sync.Mutex
	alive map[*object]struct{} // hold something open
}

// mark is a moment, and what the process had done until then.
type mark struct {
	at  time.Duration // since the run began
	cpu time.Duration
}

const idle = math.MaxInt64

func (b *Bench) newRun(s Setting, e Effort) *run {
	r := &run{
		Bench: b, setting: s, effort: e, counters: new(sender.Counters),
		reader: reader.New(reader.Options{Mode: reader.Pread, Buffers: s.Parallel}),
		busy:   make([]atomic.Int64, s.Parallel), ends: make(chan struct{}, s.Parallel), alive: map[*object]struct{}{},
	}
	o := b.options.Sender
	o.Counters = r.counters
	r.stack = sender.Stack(&probe{b.options.Store}, o)
	r.line.slice, r.line.most = e.Slice, int((e.Warmup+2*e.Most)/e.Slice)+2
	return r
}

// measure runs the workers until there is enough, and then until they are done.
func (r *run) measure(ctx context.Context, w Work) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r.began, r.start = time.Now(), mark{cpu: cpuTime()}
	r.from = r.start
	r.queue = newQueue(w, r.left(), r.setting.Parallel, func(i Item) *object { return r.newObject(ctx, i) })
	var workers, waiter sync.WaitGroup
	for i := range r.busy {
		r.busy[i].Store(idle)
		workers.Go(func() { r.work(ctx, i, cancel) })
	}
	done := make(chan struct{})
	waiter.Go(func() {
		defer close(done)
		workers.Wait()
	})
	err := r.watch(ctx, done)
	r.queue.close()
	waiter.Wait()
	r.endAll(ctx)
	r.aside.Wait()
	r.reader.Close()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// watch returns when there is enough, or there will be no more.
func (r *run) watch(ctx context.Context, done <-chan struct{}) error {
	tick := time.NewTicker(r.effort.Slice)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			r.to = mark{r.settled(), cpuTime()}
			return ctx.Err()
		case <-done:
			r.to = r.now()
			return ErrSpent
		case <-tick.C:
			if r.enough() {
				r.to = r.now()
				return nil
			}
		}
	}
}

func (r *run) now() mark { return mark{time.Since(r.began), cpuTime()} }

// settled is the time up to which all is counted.
func (r *run) settled() time.Duration {
	least := int64(time.Since(r.began))
	for i := range r.busy {
		least = min(least, r.busy[i].Load())
	}
	return time.Duration(least)
}

// enough reports whether the measurement can end. It begins to count once it is warm.
func (r *run) enough() bool {
	now := time.Since(r.began)
	if !r.warm.Load() {
		if now >= r.effort.Warmup && r.units.Load() >= int64(r.setting.Parallel) || now >= r.effort.Warmup+r.effort.Most {
			r.from = r.now()
			r.warm.Store(true)
		}
		return false
	}
	if now >= r.from.at+r.effort.Most {
		return true
	}
	if r.settled() < r.from.at+r.effort.Duration {
		return false
	}
	return r.rate(r.line.between(r.from.at, r.settled())).Within(r.effort.Precision)
}

// rate is that by which the work goes on: bytes in a second, or objects where these have none.
func (r *run) rate(slices []Amount) Estimate {
	bytes := ratesOf(slices, r.effort.Slice, func(a Amount) float64 { return a.Bytes })
	if bytes.Mean > 0 {
		return bytes
	}
	return ratesOf(slices, r.effort.Slice, func(a Amount) float64 { return a.Objects })
}

func ratesOf(slices []Amount, slice time.Duration, of func(Amount) float64) Estimate {
	return EstimateOf(samplesOf(slices, slice, of))
}

func samplesOf(slices []Amount, slice time.Duration, of func(Amount) float64) []float64 {
	samples := make([]float64, len(slices))
	for i, a := range slices {
		samples[i] = of(a) / slice.Seconds()
	}
	return samples
}
