package pipeline

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/sender"
)

// IfExists is what becomes of a row whose object is there before it is sent.
type IfExists uint8

// The rules. Skip and Fail replace nobody's object, not even one that is made while the row is on its way: the store
// itself refuses it.
const (
	Overwrite IfExists = iota // it is replaced
	Skip                      // it is left alone, whatever it holds: the row is [journal.Kept]
	SkipSame                  // it is left alone if its size and checksum are the source's, and else replaced
	Fail                      // it is left alone, and the row fails
)

var ruleNames = [...]string{"overwrite", "skip", "skip-same", "fail"}

// String returns the rule's name: "overwrite", "skip", "skip-same" or "fail".
func (e IfExists) String() string { return ruleNames[e] }

// ParseIfExists returns the rule of that name.
func ParseIfExists(name string) (IfExists, error) {
	for i, known := range ruleNames {
		if name == known {
			return IfExists(i), nil
		}
	}
	return 0, fmt.Errorf("%q: want %s", name, strings.Join(ruleNames[:], ", "))
}

// conditional reports whether objects are sent on condition that there is none.
func (o Options) conditional() bool { return o.IfExists == Skip || o.IfExists == Fail }

// asks reports whether the store is asked for each object before it is sent.
func (o Options) asks() bool {
	return o.IfExists == Skip || o.IfExists == SkipSame || o.IfExists == Fail && o.AskFirst
}

// meet asks for the object that may be there already, and decides by the rule what it means for the file: that nothing
// is to be sent, or on which condition.
func (r *Runner) meet(ctx context.Context, f *file) error {
	if f.tries == 1 && r.unproven(f.row.Number) {
		return r.reprove(ctx, f)
	}
	if r.opts.IfExists == Overwrite || f.ours {
		return nil // what is there is to be replaced
	}
	if !r.opts.asks() && !r.unsure(f) {
		f.object.OnlyNew = true
		return nil
	}
	asking := f.spending(ctx)
	if r.opts.IfExists == Skip {
		asking = sender.WithoutChecksum(asking)
	}
	info, err := r.job.Store.Head(asking, f.object.Key)
	switch {
	case errors.Is(err, sender.ErrNotFound):
		f.object.OnlyNew = r.opts.conditional()
		return nil
	case err != nil:
		return err
	}
	return r.found(ctx, f, info)
}

// found decides what an object that is there means for a file of which nothing was sent.
func (r *Runner) found(ctx context.Context, f *file, info sender.Info) error {
	switch {
	case r.opts.IfExists == SkipSame, f.made(info), r.unsure(f):
		if err := r.compareObject(ctx, f, info); err != nil {
			return err
		}
		if !f.there && r.unsure(f) {
			return inTheWay(f)
		}
		if !f.there {
			return nil
		}
	case r.opts.IfExists == Skip:
		f.keep(info)
	default:
		return inTheWay(f)
	}
	return r.abandon(ctx, f)
}

// unsure reports whether an object that is there may be the work of an earlier run, which was killed before it could
// say so, and bears no token that would tell. Of the same bytes it is taken for that; a row that has failed for it is not.
func (r *Runner) unsure(f *file) bool {
	return r.opts.IfExists == Fail && f.object.Metadata[sender.TokenKey] == "" && !r.job.Known.New &&
		!r.job.Known.Failed.Contains(uint32(f.row.Number))
}

// made reports whether an object bears the file's token: this job has sent it, from these bytes.
func (f *file) made(info sender.Info) bool {
	token := f.object.Metadata[sender.TokenKey]
	return token != "" && info.Metadata[sender.TokenKey] == token
}

func inTheWay(f *file) error {
	return &sender.Error{Op: "look for the object", Key: f.object.Key, Err: sender.ErrExists}
}

// keep settles a file by the object that is there, of which nothing else is known.
func (f *file) keep(info sender.Info) {
	f.there, f.status, f.object.Size = true, journal.Kept, info.Size
	f.got = sender.Receipt{ETag: info.ETag, VersionID: info.VersionID}
	f.whole, f.xxh3 = hasher.Checksum{}, hasher.Checksum{}
}

// abandon drops the upload of an earlier run, for an object that is not to be made.
func (r *Runner) abandon(ctx context.Context, f *file) error {
	if f.known == nil {
		return nil
	}
	return r.job.Store.Abort(f.spending(ctx), sender.Upload{Key: f.object.Key, ID: f.known.Begun.UploadID})
}

// compareObject holds an object that is there against the source, by size and by the checksum that the store says. If
// they are the same the row is done; else the object is to be replaced.
func (r *Runner) compareObject(ctx context.Context, f *file, info sender.Info) error {
	if info.Size != f.object.Size {
		return nil
	}
	theirs := provingSum(info)
	if theirs.IsZero() {
		f.incomparable = true
		return nil
	}
	sums, err := r.digestAll(ctx, f, hasher.SetOf(theirs.Algorithm, f.stated.Algorithm, hasher.XXH3))
	if err != nil {
		return err
	}
	if err := compareStated(f, sums.Get(f.stated.Algorithm)); err != nil {
		return err
	}
	if sums.Get(theirs.Algorithm) != theirs {
		return nil
	}
	f.there, f.compared, f.status = true, true, journal.Done
	f.whole, f.xxh3 = theirs, sums.Get(hasher.XXH3)
	f.got = sender.Receipt{ETag: info.ETag, VersionID: info.VersionID, Checksum: theirs}
	return nil
}

// provingSum returns the checksum by which an object can be compared, or zero. An ETag of 32 hex digits is an MD5, or
// none of the source's: objects made of parts have longer ones, and what else a store may put there equals no MD5.
func provingSum(info sender.Info) hasher.Checksum {
	if !info.Checksum.IsZero() {
		return info.Checksum
	}
	digest, err := hex.DecodeString(info.ETag)
	if err != nil {
		return hasher.Checksum{}
	}
	sum, err := hasher.FromBytes(hasher.MD5, digest)
	if err != nil {
		return hasher.Checksum{}
	}
	return sum
}

// digestAll hashes all of a file in sequence, and makes sure that it has not changed meanwhile.
func (r *Runner) digestAll(ctx context.Context, f *file, set hasher.Set) (hasher.Sums, error) {
	d := hasher.NewDigest(set)
	for off := int64(0); off < f.object.Size; off += r.opts.blockSize() {
		n := min(r.opts.blockSize(), f.object.Size-off)
		if err := r.digest(ctx, d, f, off, int(n)); err != nil {
			return hasher.Sums{}, err
		}
	}
	return d.Sums(), r.unchanged(ctx, f)
}

// refused decides what it means that the store has an object where a new one was to be. It returns no error if the row
// needs nothing more, or if the object, of which it tells, is ours to replace, as f.object then says; and else why it
// fails.
func (r *Runner) refused(ctx context.Context, f *file, refusal error) (sender.Info, error) {
	info, err := r.job.Store.Head(f.spending(ctx), f.object.Key)
	switch {
	case errors.Is(err, sender.ErrNotFound):
		return info, refusal // it is gone again: the next run will see
	case err != nil:
		return info, err
	case f.made(info): // and it has other bytes than were sent, as it would have been settled otherwise
		f.object.OnlyNew = false
		return info, nil
	case r.opts.IfExists == Skip:
		f.keep(info)
		return info, nil
	}
	return info, refusal
}

// beginNew is Begin for a row that may be refused because its object is there.
func (r *Runner) beginNew(ctx context.Context, f *file) (sender.Upload, error) {
	u, err := r.job.Store.Begin(ctx, &f.object)
	if !f.object.OnlyNew || !errors.Is(err, sender.ErrExists) {
		return u, err
	}
	info, err := r.refused(ctx, f, err)
	if err != nil || f.there {
		return u, err
	}
	if err := r.compareObject(ctx, f, info); err != nil || f.there {
		return u, err
	}
	return r.job.Store.Begin(ctx, &f.object)
}

// makeNew makes the object by a request that may be refused because it is there.
func (r *Runner) makeNew(ctx context.Context, f *file, request func() (sender.Receipt, error)) (sender.Receipt, error) {
	got, err := request()
	if !f.object.OnlyNew || !errors.Is(err, sender.ErrExists) {
		return got, err
	}
	if _, err := r.refused(ctx, f, err); err != nil || f.there {
		return f.got, err
	}
	return request()
}
