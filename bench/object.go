package bench

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
)

// object is an object on its way.
type object struct {
	sender.Object
	path     string
	partSize int64
	parts    int
	left     atomic.Int32 // parts that were not sent yet

	opened chan struct{} // closed once the three below are set; nil: there is nothing to open
	source *reader.Source
	upload sender.Upload
	err    error
}

// layout returns the range of a part, from 1.
func (o *object) layout(number int) (off, n int64) {
	off = int64(number-1) * o.partSize
	return off, min(o.partSize, o.Size-off)
}

// whole reports whether the object is sent in one request.
func (o *object) whole() bool { return o.Size < o.partSize }

// newObject makes an object of an item. Parts are those of the setting, raised where the store takes no more.
func (r *run) newObject(ctx context.Context, item Item) *object {
	o := &object{path: item.Path, partSize: r.setting.PartSize}
	o.Size = item.Size
	if most := int64(r.stack.Limits().MaxParts); most > 0 {
		o.partSize = max(o.partSize, (o.Size+most-1)/most)
	}
	o.parts = int(max(1, (o.Size+o.partSize-1)/o.partSize))
	o.left.Store(int32(o.parts))
	if o.Key = r.ground.upload(); o.whole() {
		o.Key = r.ground.put(slots * r.setting.Parallel)
	}
	if !o.whole() || o.path != "" {
		o.opened = make(chan struct{})
		r.live(o)
		r.aside.Go(func() { r.open(ctx, o) })
	}
	return o
}

// slots is how many keys there are for each request in flight: a key is hardly ever overwritten while it is written.
const slots = 4

// open opens the source and the upload of an object.
func (r *run) open(ctx context.Context, o *object) {
	defer close(o.opened)
	if o.path != "" {
		if o.err = r.openSource(o); o.err != nil {
			return
		}
	}
	if !o.whole() {
		o.upload, o.err = r.stack.Begin(ctx, &o.Object)
		r.ground.begun(o.upload, o.err)
	}
}

func (r *run) openSource(o *object) (err error) {
	if o.source, err = r.reader.Open(o.path); err != nil {
		return &SourceError{o.path, err}
	}
	if size := o.source.Size(); size != o.Size {
		return &SourceError{o.path, fmt.Errorf("%w: it has %d bytes, and had %d", reader.ErrChanged, size, o.Size)}
	}
	return nil
}

// SourceError is why a file could not be read that was to be sent.
type SourceError struct {
	Path string
	Err  error
}

func (e *SourceError) Error() string { return fmt.Sprintf("read %q: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *SourceError) Unwrap() error { return e.Err }

// await returns when the object is open, or why it is not.
func (o *object) await(ctx context.Context) error {
	if o.opened == nil {
		return nil
	}
	select {
	case <-o.opened:
		return o.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// live remembers an object that holds something open.
func (r *run) live(o *object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.alive[o] = struct{}{}
}

// end closes an object of which nothing is on its way any more. Aborting takes time, of which as many have a share as
// there are requests in flight. What cannot be aborted now is left to Clean.
func (r *run) end(ctx context.Context, o *object) {
	if o.opened == nil {
		return
	}
	r.mu.Lock()
	delete(r.alive, o)
	r.mu.Unlock()
	r.ends <- struct{}{}
	r.aside.Go(func() {
		defer func() { <-r.ends }()
		<-o.opened
		if o.source != nil {
			_ = o.source.Close() // it was read, or will not be
		}
		if o.upload.ID != "" && r.stack.Abort(ctx, o.upload) == nil {
			r.ground.aborted(o.upload)
		}
	})
}

// endAll closes what the measurement has left open.
func (r *run) endAll(ctx context.Context) {
	r.mu.Lock()
	var rest []*object
	for o := range r.alive {
		rest = append(rest, o)
	}
	r.mu.Unlock()
	for _, o := range rest {
		r.end(ctx, o)
	}
}
