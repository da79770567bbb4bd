package pipeline

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
)

// steps are all that is done to the jobs of a run, each step guarded.
type steps struct {
	open, finish     func(*file)
	read, hash, send func(*part)
}

func (r *Runner) steps(ctx context.Context) steps {
	return steps{
		open: guardFile(r.open(ctx)), finish: guardFile(r.finish(ctx)),
		read: guardPart(r.read(ctx)), hash: guardPart(r.hash), send: guardPart(r.send(ctx)),
	}
}

// idle reports whether a part needs nothing more done: it has an error, is in the store, or its file has failed.
func (p *part) idle() bool { return p.err != nil || p.kept || p.file.failed.Load() }

// read is the step that brings a part's bytes into memory. A source of one part is closed here: what was copied is
// all that will be sent, and that it was not changed meanwhile is known by then.
func (r *Runner) read(ctx context.Context) func(*part) {
	return func(p *part) {
		if p.idle() {
			return
		}
		f := p.file
		p.chunk, p.err = r.load(ctx, f, p.off, int(p.n))
		if !f.one() {
			return
		}
		if p.err == nil {
			p.err = r.unchanged(ctx, f)
		}
		f.close()
	}
}

// hash is the step that takes a part's checksums, compares what the row states of a file of one part, and keeps a
// part of an earlier run if the source still has its bytes.
func (r *Runner) hash(p *part) {
	if p.idle() {
		return
	}
	err := reader.Guard(func() error {
		p.sums = hasher.Sum(p.chunk.Bytes(), p.sumsOf())
		return nil
	})
	if err != nil {
		p.err = &Fault{Op: "read source", Path: p.file.row.Path, Err: err}
		return
	}
	if p.file.one() {
		p.err = compareStated(p.file, p.sums.Get(p.file.stated.Algorithm))
	}
	p.kept = p.claim != nil && p.claim.Size == p.n && p.claim.XXH3 == p.sums.Get(hasher.XXH3).Uint64()
	p.adopt()
}

// send is the step that brings a part into the store, and gives its buffer back.
func (r *Runner) send(ctx context.Context) func(*part) {
	return func(p *part) {
		defer p.release()
		if p.idle() {
			return
		}
		p.err = reader.Guard(func() (err error) {
			p.receipt, err = r.put(p.file.spending(ctx), p)
			return err
		})
		p.stored = p.err == nil && !p.file.there
		p.proveBy(p.receipt.Checksum.Algorithm)
		if p.err != nil {
			p.file.failed.Store(true) // at once: who sent this takes another part before anybody has gathered it
			p.err = r.sendError(ctx, p)
		}
	}
}

func (r *Runner) put(ctx context.Context, p *part) (receipt sender.Receipt, err error) {
	t := r.flow.begin()
	defer func() { r.flow.end(t, p.n, err) }()
	payload := sender.Payload{Data: p.chunk.Bytes(), Sums: p.sums}
	if p.file.one() && p.file.object.OnlyNew {
		return r.makeNew(ctx, p.file, func() (sender.Receipt, error) { return r.job.Store.Put(ctx, &p.file.object, payload) })
	}
	if p.file.one() {
		r.opts.Guess.byContent(&p.file.object, payload.Data)
		return r.job.Store.Put(ctx, &p.file.object, payload)
	}
	return r.job.Store.SendPart(ctx, *p.file.upload, sender.Part{Number: p.number, Offset: p.off, Payload: payload})
}

// sendError blames the source if that changed under a mapping while it was being sent.
func (r *Runner) sendError(ctx context.Context, p *part) error {
	switch {
	case ctx.Err() != nil:
		return ErrStopped
	case p.file.one() || interrupted(p.err):
		return p.err
	}
	if changed := r.unchanged(ctx, p.file); errors.Is(changed, reader.ErrChanged) {
		return changed
	}
	return p.err
}

// proveBy hashes a file of one part for what the store has compared, if that is not what was expected: an endpoint may
// fall back for one request.
func (p *part) proveBy(a hasher.Algorithm) {
	if !p.stored || !p.file.one() || p.receipt.Checksum.IsZero() || !p.sums.Get(a).IsZero() {
		return
	}
	p.file.sums.whole = a
	p.sums = hasher.Sum(p.chunk.Bytes(), hasher.SetOf(hasher.XXH3, a))
}

func (p *part) release() {
	if p.chunk != nil {
		p.chunk.Release()
		p.chunk = nil
	}
}

// guardPart keeps a panic in a step to the part that met it.
func guardPart(step func(*part)) func(*part) {
	return func(p *part) {
		defer func() {
			if v := recover(); v != nil {
				p.release()
				p.err = panicked(v)
			}
		}()
		step(p)
	}
}

// guardFile is guardPart for the steps on whole files.
func guardFile(step func(*file)) func(*file) {
	return func(f *file) {
		defer func() {
			if v := recover(); v != nil {
				f.fail(panicked(v))
			}
		}()
		step(f)
	}
}

func panicked(v any) error {
	err, ok := v.(error)
	if !ok {
		err = errors.New(fmt.Sprint(v))
	}
	return fmt.Errorf("%w: %w\n%s", ErrPanic, err, debug.Stack())
}
