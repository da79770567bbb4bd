package pipeline

import (
	"sync/atomic"
	"time"

	"github.com/ingest-dev/ingest/pipeline/internal/tuning"
)

// flow is how many parts may be in flight: a number of the user's, or one that is found while the run goes. The
// reader's buffers keep it; the workers, and the files under way, follow it.
type flow struct {
	limit   atomic.Int64
	peak    atomic.Int64  // the highest that limit was
	largest atomic.Int64  // bytes of the largest part of the run
	most    int           // limit never gets beyond
	memory  int64         // bytes that parts in flight may take; 0: no limit
	tuner   *tuning.Tuner // nil: the limit does not move
	began   time.Time
}

func newFlow(o Options) *flow {
	f := &flow{most: o.Parallel, memory: o.Memory, began: time.Now()}
	if o.MaxParallel > 0 {
		f.most = max(o.MaxParallel, o.Parallel)
		f.tuner = tuning.New(o.Parallel, f.most)
	}
	f.set(o.Parallel)
	return f
}

func (f *flow) set(limit int) {
	f.limit.Store(int64(limit))
	f.peak.Store(max(f.peak.Load(), int64(limit)))
}

// parallel is how many parts may be in flight now.
func (f *flow) parallel() int { return int(f.limit.Load()) }

// planned notes the size of a part that will be in flight.
func (f *flow) planned(size int64) {
	for {
		largest := f.largest.Load()
		if size <= largest || f.largest.CompareAndSwap(largest, size) {
			return
		}
	}
}

// room is how many parts of the largest size there is memory for.
func (f *flow) room() int {
	largest := f.largest.Load()
	if f.memory <= 0 || largest == 0 {
		return f.most
	}
	return int(max(1, min(int64(f.most), f.memory/largest)))
}

// begin and end frame the time that a part is in the hands of the store.
func (f *flow) begin() (t tuning.Ticket) {
	if f.tuner != nil {
		t = f.tuner.Begin(time.Since(f.began))
	}
	return t
}

func (f *flow) end(t tuning.Ticket, bytes int64, err error) {
	if f.tuner == nil {
		return
	}
	if err != nil {
		bytes = -1
	}
	f.tuner.End(t, time.Since(f.began), bytes)
}

// lookEvery is how often it is looked whether more or fewer parts should be in flight: often enough to double the
// number with each answer of a store 20 ms away, too seldom to cost a thousandth of a processor.
const lookEvery = 20 * time.Millisecond

// tune moves the limit, if it may move, until the function returned is called.
func (r *Runner) tune() (stop func()) {
	if r.flow.tuner == nil {
		return func() {}
	}
	r.job.Reader.SetBuffers(r.flow.parallel())
	return every(lookEvery, r.look)
}

func (r *Runner) look() {
	var throttled int64
	if r.job.Counted != nil {
		throttled = r.job.Counted.Throttled.Load()
	}
	was, room := r.flow.parallel(), r.flow.room()
	if limit := min(r.flow.tuner.Look(time.Since(r.flow.began), throttled, room), room); limit != was {
		r.flow.set(limit)
		r.job.Reader.SetBuffers(limit)
	}
}

// The part size of a file for which none was asked. What fits into one part of the default size goes in one request.
// A larger file has enough parts to be in flight alone, four times over, so that the last ones do not leave the others
// idle for long; but none smaller than smallPart, which makes up for what a request costs.
const (
	smallPart = 4 << 20
	perFile   = 4
)

// partSize is the part size that a file of so many bytes is to have, before the store's limits raise it.
func (r *Runner) partSize(size int64) int64 {
	if r.opts.PartSize != 0 {
		return r.opts.PartSize
	}
	if size <= DefaultPartSize {
		return DefaultPartSize
	}
	parts := int64(perFile * r.flow.parallel())
	each := (size + parts - 1) / parts
	return min(max((each+grain-1)/grain*grain, smallPart), DefaultPartSize)
}

// blockSize is by how much a file is read that is not sent.
func (o Options) blockSize() int64 {
	if o.PartSize == 0 {
		return DefaultPartSize
	}
	return o.PartSize
}
