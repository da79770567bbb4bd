package pipeline

import (
	"context"
	"sync/atomic"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
)

// file is a row on its way: opened, scattered into parts, gathered, finished, settled. At any instant one stage
// owns it; while its parts are between scatter and gather, only failed and sent are touched, by whoever has a part.
type file struct {
	row     manifests.Row
	object  sender.Object
	stated  hasher.Checksum // what the row states, or zero
	known   *journal.Upload // what the journal knows of an open upload, or nil
	budget  *sender.Budget  // of retries, for all requests and all tries of the row
	tries   int             // how often the row was dispatched in this run
	extra   int             // requests that were repeated
	ours    bool            // what is there was made by this run, and is to be replaced
	settled bool            // nothing is left to do for it

	attempt
	adoption
	tidings
}

// attempt is what one try of a row has come to. The next begins without it.
type attempt struct {
	source source // open, or nil
	plan   Plan
	sums   sums
	copied bool                 // its bytes are sent from copies
	begun  journal.Begun        // of upload, as the journal has it
	upload *sender.Upload       // open, or nil
	claims map[int]journal.Part // parts that need not be sent, or only hashed, when plan.Action says so
	parts  []sender.StoredPart  // gathered, by number-1
	left   int                  // parts not gathered yet
	drop   bool                 // the upload is gone: the journal is to forget it
	failed atomic.Bool          // some part failed: the others need not be sent
	sent   atomic.Int64         // bytes of parts that are in the store
	err    error                // the first that a part or the file met

	precedent
	result
}

// precedent is what was found out of an object that was there before.
type precedent struct {
	there    bool // nothing is to be sent for it
	compared bool // it is the source
}

// result is what the store has made of a file.
type result struct {
	whole  hasher.Checksum // of all bytes
	xxh3   hasher.Checksum // of all bytes, when they were hashed in one go
	got    sender.Receipt  // for the whole
	status journal.Status  // when there is no error
}

// tidings are what happened to a file and the ledger has not told yet.
type tidings struct {
	forgotten    bool // the store no longer knew the upload of an earlier run
	swept        bool // uploads were aborted that the journal did not know
	incomparable bool // what is there has its size, and no checksum that could be compared
	adopted      bool // an upload of another program has become the row's own
	news         []news
}

// sums says which checksums a file's bytes are hashed for.
type sums struct {
	whole hasher.Algorithm // combines, so that parts give the whole
	set   hasher.Set
}

// part is a range of a file between scatter and gather.
type part struct {
	file   *file
	number int
	off, n int64
	claim  *journal.Part      // what journal and store agree it is, or nil
	kept   bool               // it was in the store already
	stored bool               // it is in the store by this run
	unsure *sender.StoredPart // what the store alone says it is, in a run that adopts, or nil

	chunk   *reader.Chunk
	sums    hasher.Sums
	receipt sender.Receipt
	err     error
}

// spending returns a context whose requests spend the file's retries.
func (f *file) spending(ctx context.Context) context.Context { return sender.WithBudget(ctx, f.budget) }

// one reports whether the file is a single request.
func (f *file) one() bool { return f.plan.Action == Put }

// fail keeps err if it is the first.
func (f *file) fail(err error) {
	if err == nil || f.err != nil {
		return
	}
	f.err = err
	f.failed.Store(true)
}

// again makes the file what it was before it was opened, with what is now known of its upload.
func (f *file) again() {
	f.ours = f.ours || f.got != (sender.Receipt{}) || sender.WasStored(f.err)
	f.object.OnlyNew = false
	f.forget()
	if f.upload != nil && !f.drop {
		f.known = f.remember()
	}
	f.attempt = attempt{}
}

// remember is what the journal knows of the file's open upload.
func (f *file) remember() *journal.Upload {
	u := &journal.Upload{Begun: f.begun, Parts: map[int]journal.Part{}}
	for _, p := range f.parts {
		if p.Number > 0 {
			u.Parts[p.Number] = journal.Part{Row: f.row.Number, Number: p.Number, Size: p.Size, ETag: p.ETag, Checksum: p.Checksum}
		}
	}
	return u
}

// close lets go of the source. Bytes that were read of it stay valid.
func (f *file) close() {
	if f.source != nil {
		_ = f.source.Close() // it was only read
		f.source = nil
	}
}
