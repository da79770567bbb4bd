package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/sender"
)

// mostCandidates is how many open uploads of one key are looked at, the newest. Each costs a request, and to read the
// source up to the end.
const mostCandidates = 16

// Why an upload that was found is left alone.
var (
	errNoParts = errors.New("it has no parts")
	errLayout  = errors.New("its parts are not those that the file would have")
	errBetter  = errors.New("another has more")
	errTooMany = fmt.Errorf("more than %d are open for the key", mostCandidates)
	errBigPart = errors.New("so many of its parts as are in flight would not fit into memory")
)

// candidate is an open upload of the row's key that another program may have begun.
type candidate struct {
	sender.OpenUpload
	listed map[int]sender.StoredPart
	plan   Plan
	proven int
	err    error // why not
}

// search looks for an open upload to carry on instead of beginning one, and makes it the file's known upload. It
// reports whether there is one. It is done once in each try of a row, as an upload that is listed may be gone.
func (r *Runner) search(ctx context.Context, f *file) (bool, error) {
	if !r.job.Adopt.Search || f.searched == f.tries || !plain(&f.row) {
		return false, nil
	}
	f.searched = f.tries
	found, err := r.candidates(ctx, f)
	if err != nil {
		return false, err
	}
	best, err := r.best(ctx, f, found)
	for _, c := range found {
		if c.err != nil {
			f.tellLater(Spared, c.ID, c.err)
		}
	}
	if best == nil || err != nil {
		return false, err
	}
	f.known, f.found = Foreign{UploadID: best.ID, PartSize: best.plan.PartSize}.upload(f.row.Number), true
	return true, r.decide(f)
}

// plain reports whether the row states nothing that an upload is begun with. A callback goes with the request that
// makes the object.
func plain(row *manifests.Row) bool {
	words := row.ContentType + row.StorageClass + row.ACL + row.CacheControl + row.ContentDisposition +
		row.ContentEncoding + row.ContentLanguage + row.Encryption + row.EncryptionKey + row.LockMode
	return words == "" && len(row.Metadata) == 0 && len(row.Tags) == 0 &&
		row.Expires.IsZero() && row.LockUntil.IsZero() && !row.LegalHold
}

// candidates are the open uploads of the file's key, the newest first, with their parts. A store that lists no
// uploads, or will not let us, has none.
func (r *Runner) candidates(ctx context.Context, f *file) (found []*candidate, err error) {
	lister, ok := sender.Lister(r.job.Store)
	if !ok {
		return nil, nil
	}
	for u, err := range lister.Uploads(ctx, f.object.Key) {
		if err != nil {
			return nil, unlessForbidden(ctx, err)
		}
		if u.Key > f.object.Key {
			break
		}
		if u.Key == f.object.Key && u.ID != f.misfit {
			found = append(found, &candidate{OpenUpload: u})
		}
	}
	slices.SortStableFunc(found, func(a, b *candidate) int { return b.Begun.Compare(a.Begun) })
	for i, c := range found {
		if c.err = errTooMany; i < mostCandidates {
			c.err = r.lookAt(ctx, f, c)
		}
		if ctx.Err() != nil {
			return nil, ErrStopped
		}
	}
	return found, nil
}

// unlessForbidden is err, or nil if the store says that we may not ask, and so that we need not know.
func unlessForbidden(ctx context.Context, err error) error {
	if ctx.Err() == nil && sender.KindOf(err) == sender.GiveUp {
		return nil
	}
	return err
}

// lookAt lists a candidate's parts, and finds out in which layout they are.
func (r *Runner) lookAt(ctx context.Context, f *file, c *candidate) error {
	c.listed = map[int]sender.StoredPart{}
	var last sender.StoredPart
	for s, err := range r.job.Store.Parts(ctx, c.Upload) {
		if err != nil {
			return err
		}
		c.listed[s.Number], last = s, s
	}
	if len(c.listed) == 0 {
		return errNoParts
	}
	size := deduce(c.listed, last, f.object.Size, r.job.Store.Limits())
	if size == 0 {
		return errLayout
	}
	if exceeds(size, r.job.Adopt.MaxPart) {
		return fmt.Errorf("%w: they have %d bytes; send fewer at a time with --parallel", errBigPart, size)
	}
	c.plan = layout(f.object.Size, size)
	return nil
}

// deduce returns the size of the parts of a file, of which these are some, or 0 if there is none for all of them. A
// file's parts have one size but for the last, which may be the only one that is there.
func deduce(listed map[int]sender.StoredPart, last sender.StoredPart, size int64, l sender.Limits) int64 {
	var largest int64
	for _, s := range listed {
		largest = max(largest, s.Size)
	}
	if fits(listed, largest, size, l) {
		return largest
	}
	if last.Number > 1 {
		if behind := (size - last.Size) / int64(last.Number-1); fits(listed, behind, size, l) {
			return behind
		}
	}
	return 0
}

// fits reports whether a file of size bytes in parts of partSize has all of the parts listed, and could be completed.
func fits(listed map[int]sender.StoredPart, partSize, size int64, l sender.Limits) bool {
	p := layout(size, partSize)
	if partSize <= 0 || exceeds(int64(p.Parts), int64(l.MaxParts)) || p.tooSmall(l) {
		return false
	}
	for number, s := range listed {
		if _, n := p.Layout(number, size); number > p.Parts || n != s.Size {
			return false
		}
	}
	return true
}

// tooSmall reports whether the store would not complete an upload of such parts.
func (p Plan) tooSmall(l sender.Limits) bool { return p.Parts > 1 && p.PartSize < l.MinPart }

// best returns the candidate with the most parts that have the source's bytes, or nil. Where there is only one that may
// be it, the first such part is enough: the others are hashed when it is their turn.
func (r *Runner) best(ctx context.Context, f *file, found []*candidate) (*candidate, error) {
	enough := math.MaxInt
	if fit := slices.DeleteFunc(slices.Clone(found), func(c *candidate) bool { return c.err != nil }); len(fit) == 1 {
		enough = 1
	}
	var best *candidate
	for _, c := range found {
		if c.err != nil {
			continue
		}
		var err error
		if c.proven, err = r.matching(ctx, f, c.plan, c.listed, enough); err != nil {
			return nil, err
		}
		switch {
		case c.proven == 0:
			c.err = errUnproven
		case best == nil || c.proven > best.proven:
			if best != nil {
				best.err = errBetter
			}
			best = c
		default:
			c.err = errBetter
		}
	}
	return best, nil
}

// ours reports whether an upload that the journal does not know can only be this job's: where others' uploads are to be
// respected, one without parts, since our parts are never sent before the journal knows their upload.
func (r *Runner) ours(ctx context.Context, u sender.Upload) (bool, error) {
	if !r.job.Adopt.on() {
		return true, nil
	}
	for _, err := range r.job.Store.Parts(ctx, u) {
		return false, err
	}
	return true, nil
}
