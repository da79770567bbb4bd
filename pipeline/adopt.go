package pipeline

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/sender"
)

// Adopt says which uploads that other programs began a run carries on. The zero value is none.
//
// What is known of such an upload is a claim. It is carried on if one of the parts that the store lists has the bytes
// that the source has there; each part is hashed before it counts, and sent again unless the store's own word of it is
// that of our bytes: an ETag that is their MD5, or a checksum of 64 bits. So a part is never taken for what it is not,
// and an upload of which no part can be proven, as of a client that encrypts, is not mixed with ours.
//
// Where it is set, parts that the store lists and the journal does not know are proven in this way too, so that a run
// that was killed while it adopted goes on where it was.
type Adopt struct {
	// Known are the uploads that rows are to be carried on with, by row, unless the journal knows one. They are the
	// job's own from then on. If one cannot be carried on it is aborted, and its row begins anew.
	Known map[int64]Foreign

	// Search looks for open uploads of a row's key on the store before another is begun for it. The one most parts of
	// which have the source's bytes is carried on, of equals the newest; the others are left alone. Rows that state
	// what goes with the object are not searched for, as nobody can say what the other program stated.
	Search bool

	// MaxPart is the size of the largest part, in bytes, up to which Search takes an upload, as every part in flight
	// may be held in memory. 0: any.
	MaxPart int64
}

// Foreign is an upload that another program began.
type Foreign struct {
	UploadID string
	PartSize int64 // bytes of every part but the last
}

func (a *Adopt) on() bool { return a.Search || len(a.Known) > 0 }

// adoption is what a file knows of uploads of other programs.
type adoption struct {
	listed   map[int]sender.StoredPart // parts of the upload that the store knows and the journal does not
	found    bool                      // the known upload was searched for, and has something of the source
	searched int                       // the try in which one was searched for last
	misfit   string                    // id of one that was carried on until the store refused what we sent into it
}

// errUnproven is returned when nothing of an upload can be proven to be of the source.
var errUnproven = errors.New("none of its parts has the bytes of the file")

// errBeyond is returned when an upload has a part that would lie beyond the end of the source.
var errBeyond = errors.New("it has parts beyond the end of the file")

// known is what is known of a row's open upload: by the journal, or else by the word of others.
func (r *Runner) known(row int64) *journal.Upload {
	if u := r.job.Known.Upload(row); u != nil {
		return u
	}
	if u, ok := r.job.Adopt.Known[row]; ok {
		return u.upload(row)
	}
	return nil
}

// upload is the foreign upload as the journal would know it: with no part, and begun of no source that we saw, so that
// its parts are hashed.
func (u Foreign) upload(row int64) *journal.Upload {
	return &journal.Upload{Begun: journal.Begun{Row: row, UploadID: u.UploadID, PartSize: u.PartSize}}
}

// foreign reports whether the file's known upload is of another program, and not in the journal yet.
func (f *file) foreign() bool { return f.known != nil && f.known.Begun.Source == journal.Source{} }

// noting yields what it is given, and, in a run that adopts, notes in f.listed the parts that the journal does not
// know.
func (r *Runner) noting(f *file, stored iter.Seq2[sender.StoredPart, error]) iter.Seq2[sender.StoredPart, error] {
	if !r.job.Adopt.on() {
		return stored
	}
	f.listed = map[int]sender.StoredPart{}
	return func(yield func(sender.StoredPart, error) bool) {
		for s, err := range stored {
			if err == nil {
				err = f.note(s)
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

func (f *file) note(s sender.StoredPart) error {
	if s.Number > f.plan.Parts {
		return errBeyond
	}
	if k, ok := f.known.Parts[s.Number]; ok && agrees(k, s) {
		return nil
	}
	if _, n := f.plan.Layout(s.Number, f.object.Size); n == s.Size {
		f.listed[s.Number] = s
	}
	return nil
}

// takeOver makes an upload of another program the row's own, durably, before its first part is sent; if there is
// something of the source in it.
func (r *Runner) takeOver(ctx context.Context, f *file) error {
	if !f.foreign() {
		return nil
	}
	if !f.found {
		proven, err := r.matching(ctx, f, f.plan, f.listed, 1)
		if err != nil {
			return err
		}
		if proven == 0 {
			return errUnproven
		}
	}
	f.begun.Source, f.begun.Time = journal.Source(f.source.Identity()), time.Now().UnixNano()
	f.adopted = true
	return r.vouch(ctx, f.begun)
}

// discard is what becomes of an upload that a row was to be carried on with and cannot: it is aborted, since it was
// ours to take, and the row begins anew. One that was found by searching, and got more parts meanwhile, is somebody's.
func (r *Runner) discard(ctx context.Context, f *file, why error) error {
	u := sender.Upload{Key: f.object.Key, ID: f.known.Begun.UploadID}
	kind := Spared
	if !f.found {
		kind = Discarded
		if err := r.job.Store.Abort(ctx, u); err != nil {
			return err
		}
	}
	f.tellLater(kind, u.ID, why)
	f.forget()
	if err := r.decide(f); err != nil {
		return err
	}
	return r.upload(ctx, f)
}

// misfits reports whether the store refuses what we send into an upload that another program may have begun, and in a way
// of its own: to be sent in order, as OSS has it, or with a checksum that we do not take, as S3 has it. The row is sent
// again without it. Such an upload is left open, as the store may have had another reason.
func (r *Runner) misfits(f *file) bool {
	e, ok := errors.AsType[*sender.Error](f.err)
	return ok && e.Kind == sender.GiveUp && r.job.Adopt.on() && f.plan.Action != Begin && f.got == sender.Receipt{}
}

func (f *file) shun() {
	f.drop, f.misfit = true, f.upload.ID
	f.tellLater(Spared, f.misfit, f.err)
}

// shunned reports whether the file's upload is one that did not fit.
func (f *file) shunned() bool { return f.upload != nil && f.upload.ID == f.misfit }

// forget lets the file know of no upload.
func (f *file) forget() { f.known, f.listed, f.found = nil, nil, false }

// tellLater has the ledger tell of an upload.
func (f *file) tellLater(kind EventKind, id string, why error) {
	f.news = append(f.news, news{kind, fmt.Errorf("upload %s: %w", id, why)})
}

// matching counts the parts of those listed that have the source's bytes, until there are enough.
func (r *Runner) matching(ctx context.Context, f *file, p Plan, listed map[int]sender.StoredPart, enough int) (n int, err error) {
	for number := 1; number <= p.Parts && n < enough; number++ {
		s, ok := listed[number]
		if !ok {
			continue
		}
		same, err := r.matches(ctx, f, p, s)
		if err != nil {
			return n, err
		}
		if same {
			n++
		}
	}
	return n, nil
}

// pieceSize is how much of a part is read at once where its bytes are not to be sent. It fits into the cache.
const pieceSize = 1 << 20

// matches hashes a part of the source, and compares it with what the store says of its own.
func (r *Runner) matches(ctx context.Context, f *file, p Plan, s sender.StoredPart) (bool, error) {
	d := hasher.NewDigest(f.sums.set | hasher.SetOf(hasher.MD5, s.Checksum.Algorithm))
	off, n := p.Layout(s.Number, f.object.Size)
	for end := off + n; off < end; off += pieceSize {
		if r.halt.stopped() {
			return false, ErrStopped
		}
		if err := r.digest(ctx, d, f, off, int(min(pieceSize, end-off))); err != nil {
			return false, err
		}
	}
	return proves(d.Sums(), s), nil
}

// proves reports whether the store's word of a part is that of bytes with these checksums. An ETag that is no MD5, as
// of an encrypted part, says nothing; a checksum of 64 bits says enough without it.
func proves(sums hasher.Sums, s sender.StoredPart) bool {
	own := sums.Get(s.Checksum.Algorithm)
	if !own.IsZero() && own != s.Checksum {
		return false
	}
	if md5 := sums.Get(hasher.MD5); !md5.IsZero() && strings.EqualFold(md5.Hex(), s.ETag) {
		return true
	}
	return sameSum(own, s.Checksum) && own.Algorithm.Size() >= 8
}

// sumsOf is the set to hash the part for: one that is to be proven by its ETag needs its MD5 too.
func (p *part) sumsOf() hasher.Set {
	if p.unsure == nil {
		return p.file.sums.set
	}
	return p.file.sums.set | hasher.SetOf(hasher.MD5, p.unsure.Checksum.Algorithm)
}

// adopt keeps a part that the store lists, if it has the source's bytes. From then on it is like one that was sent.
func (p *part) adopt() {
	if p.unsure == nil || !proves(p.sums, *p.unsure) {
		return
	}
	p.claim = &journal.Part{
		Row: p.file.row.Number, Number: p.number, Size: p.n,
		XXH3: p.sums.Get(hasher.XXH3).Uint64(), Checksum: p.sums.Get(p.file.sums.whole), ETag: p.unsure.ETag,
	}
	p.kept = true
}
