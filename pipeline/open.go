package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/sender"
)

// open is the step that opens a file's source, decides what to do with it, and has an upload ready if that takes
// one: a new one, durable in the journal, or the one that an earlier run left open.
func (r *Runner) open(ctx context.Context) func(*file) {
	return func(f *file) {
		f.tries++
		if r.halt.stopped() {
			f.fail(ErrStopped)
		}
		if f.err == nil {
			f.fail(stoppedIf(ctx, r.prepare(ctx, f)))
		}
	}
}

func (r *Runner) prepare(ctx context.Context, f *file) error {
	if err := r.openSource(ctx, f); err != nil {
		return err
	}
	if err := r.decide(f); err != nil {
		return err
	}
	if err := r.atRest(ctx, f); err != nil {
		return err
	}
	if err := r.meet(ctx, f); err != nil || f.there {
		return err
	}
	if err := r.proveStated(ctx, f); err != nil {
		return err
	}
	if err := r.abortOld(ctx, f); err != nil {
		return err
	}
	return r.openUpload(ctx, f)
}

func (r *Runner) decide(f *file) error {
	plan, err := Decide(f.source.Identity(), f.known, r.partSize(f.source.Size()), r.job.Store.Limits())
	if err != nil {
		return err
	}
	f.plan = plan
	r.flow.planned(min(plan.PartSize, f.object.Size))
	wire := r.job.Store.Wire()
	f.sums, f.copied = wanted(wire, f), copies(f, wire)
	f.object.Metadata = r.metadata(f)
	return nil
}

// wanted says what to hash a file's parts for. The whole of a single part is proven by whatever the store states of
// it, an MD5 too; that of several has to combine. The wire checksum of an upload stays what it was begun with.
func wanted(wire hasher.Algorithm, f *file) sums {
	s := sums{whole: wire}
	if wire == hasher.None || !wire.Combines() && !f.one() {
		s.whole = hasher.CRC64NVME
	}
	if f.known != nil {
		for _, p := range f.known.Parts {
			s.whole = p.Checksum.Algorithm
			break
		}
	}
	s.set = hasher.SetOf(hasher.XXH3, wire, s.whole)
	if f.one() {
		s.set |= hasher.SetOf(f.stated.Algorithm)
	}
	return s
}

// proveStated compares the checksum that the row states before anything of a file of several parts is sent. A
// checksum that the parts combine to is left to the end, which costs no reading of its own.
func (r *Runner) proveStated(ctx context.Context, f *file) error {
	if f.one() || f.stated.IsZero() || f.stated.Algorithm == f.sums.whole {
		return nil
	}
	d := hasher.NewDigest(hasher.SetOf(f.stated.Algorithm, hasher.XXH3))
	for number := 1; number <= f.plan.Parts; number++ {
		off, n := f.plan.Layout(number, f.object.Size)
		if err := r.digest(ctx, d, f, off, int(n)); err != nil {
			return err
		}
	}
	f.xxh3 = d.Sums().Get(hasher.XXH3)
	return compareStated(f, d.Sums().Get(f.stated.Algorithm))
}

func compareStated(f *file, got hasher.Checksum) error {
	if f.stated.IsZero() || got == f.stated {
		return nil
	}
	return fmt.Errorf("%q: %w: %s, stated %s", f.row.Path, ErrStated, got, f.stated)
}

// abortOld ends an earlier run's upload that the source outgrew. If that fails the row does, so that the journal
// keeps the upload's id and a later run can try again.
func (r *Runner) abortOld(ctx context.Context, f *file) error {
	if !f.plan.Abort {
		return nil
	}
	if f.foreign() {
		f.tellLater(Discarded, f.known.Begun.UploadID, errBeyond)
	}
	return r.job.Store.Abort(f.spending(ctx), sender.Upload{Key: f.object.Key, ID: f.known.Begun.UploadID})
}

// openUpload waits for its turn to have an upload opened. A file on which the store works while its source is open
// takes two descriptors; see mostFiles.
func (r *Runner) openUpload(ctx context.Context, f *file) error {
	if f.one() {
		return nil
	}
	select {
	case r.opening <- struct{}{}:
		defer func() { <-r.opening }()
		return r.upload(f.spending(ctx), f)
	case <-ctx.Done():
		return ErrStopped
	}
}

// upload carries the known upload on, or opens one, for a file of several parts.
func (r *Runner) upload(ctx context.Context, f *file) error {
	f.parts = make([]sender.StoredPart, f.plan.Parts)
	switch f.plan.Action {
	case Begin:
		return r.findOrBegin(ctx, f)
	case CarryOn, Rehash:
		err := r.carryOn(ctx, f)
		switch {
		case errors.Is(err, sender.ErrNoSuchUpload):
			return r.lost(ctx, f)
		case errors.Is(err, errUnproven), errors.Is(err, errBeyond):
			return r.discard(ctx, f, err)
		}
		return err
	}
	return nil
}

// findOrBegin carries on an upload that another program left open, if that is wanted and there is one, or begins one.
func (r *Runner) findOrBegin(ctx context.Context, f *file) error {
	found, err := r.search(ctx, f)
	if err != nil {
		return err
	}
	if found {
		return r.upload(ctx, f)
	}
	return r.begin(ctx, f)
}

// begin opens an upload and makes its id durable.
func (r *Runner) begin(ctx context.Context, f *file) error {
	if err := r.sniff(ctx, f); err != nil {
		return err
	}
	before := r.repeats()
	u, err := r.beginNew(ctx, f)
	if err != nil || f.there {
		return err
	}
	f.begun = journal.Begun{
		Row: f.row.Number, UploadID: u.ID, PartSize: f.plan.PartSize,
		Source: journal.Source(f.source.Identity()), Time: time.Now().UnixNano(),
	}
	if err := r.vouch(ctx, f.begun); err != nil {
		return errors.Join(err, r.disown(ctx, u))
	}
	f.upload = &u
	if r.repeats() > before {
		return r.sweep(ctx, f)
	}
	return r.sweepOnce(ctx, f)
}

// vouch makes a record durable.
func (r *Runner) vouch(ctx context.Context, rec journal.Record) error {
	if err := r.job.Journal.Append(rec); err != nil {
		return err
	}
	return r.job.Journal.Sync(ctx)
}

// disown aborts an upload that the journal may not know, so that nobody would ever finish it. Whoever cuts the run
// off does not want to wait for that.
func (r *Runner) disown(ctx context.Context, u sender.Upload) error {
	if ctx.Err() != nil {
		return nil
	}
	return r.job.Store.Abort(ctx, u)
}

// carryOn takes an earlier run's upload over, with the parts that it and the store agree on.
func (r *Runner) carryOn(ctx context.Context, f *file) error {
	u := sender.Upload{Key: f.object.Key, ID: f.known.Begun.UploadID}
	agreed, err := claims(f.plan, f.object.Size, f.known, r.noting(f, r.job.Store.Parts(ctx, u)))
	if err != nil {
		return err
	}
	f.begun = f.known.Begun
	if err := r.takeOver(ctx, f); err != nil {
		return err
	}
	f.upload, f.claims = &u, agreed
	return r.sweepOnce(ctx, f)
}

// lost deals with an upload that the store no longer knows: it has become the object, though this was never
// noted, or the row starts over.
func (r *Runner) lost(ctx context.Context, f *file) error {
	done, err := r.becameObject(ctx, f)
	if done || err != nil {
		return err
	}
	f.forgotten = true
	f.forget()
	if err := r.decide(f); err != nil {
		return err
	}
	return r.upload(ctx, f)
}

// becameObject asks the store for the object that all of the known parts make, by its checksum or its token. Its size
// and its time alone would prove nothing: it may be another writer's. Such a file has its receipt and needs neither
// upload nor parts.
func (r *Runner) becameObject(ctx context.Context, f *file) (bool, error) {
	if f.plan.Action != CarryOn || len(f.known.Parts) != f.plan.Parts {
		return false, nil
	}
	whole, err := combine(f.plan.Parts, func(i int) (hasher.Checksum, int64) {
		p := f.known.Parts[i+1]
		return p.Checksum, p.Size
	})
	if err != nil || whole.IsZero() {
		return false, nil
	}
	receipt, ok, err := sender.Settle(ctx, r.job.Store, &f.object, whole, time.Time{})
	if ok {
		f.got, f.whole = receipt, whole
		f.claims = f.known.Parts
	}
	return ok, err
}

// combine returns the checksum of n neighbouring ranges, or zero if one of them is not known.
func combine(n int, at func(int) (hasher.Checksum, int64)) (hasher.Checksum, error) {
	var whole hasher.Whole
	for i := range n {
		c, size := at(i)
		if c.IsZero() {
			return hasher.Checksum{}, nil
		}
		if err := whole.Add(c, size); err != nil {
			return hasher.Checksum{}, err
		}
	}
	return whole.Sum(), nil
}
