package pipeline

import (
	"sync"
	"sync/atomic"

	"github.com/ingest-dev/ingest/journal"
)

// Progress is how far a run is, at one instant. It is pulled by whoever shows it, as often as he likes.
type Progress struct {
	Rows       int64 // of the job
	Done       int64 // in the store and proven, by this run or an earlier one
	Skipped    int64 // of Done: by an earlier run
	Failed     int64
	Unverified int64
	Kept       int64 // rows whose objects were there before, and were left alone
	Bytes      int64 // of all rows done, unverified, or of which the callback failed
	InFlight   int64 // bytes that are in the store, of rows not settled yet

	Parallel     int   // parts in flight, at most so far
	SentBytes    int64 // by this run: of parts that the store has receipted
	SentParts    int64
	ResumedParts int64 // parts that this run found in the store and did not send again

	CallbackFailed int64 // rows stored and proven, of which the application server may not have heard
}

// Settled returns how many rows have their outcome.
func (p *Progress) Settled() int64 {
	return p.Done + p.Failed + p.Unverified + p.Kept + p.CallbackFailed
}

// Active is a file that is being sent in parts.
type Active struct {
	Row  int64
	Key  string
	Size int64 // bytes
	Sent int64 // bytes in the store
}

// tally counts what is too frequent for events. All of it is safe for concurrent use.
type tally struct {
	rows, done, skipped, failed, unverified, bytes atomic.Int64
	kept, callbackFailed                           atomic.Int64
	sentBytes, sentParts, resumedParts             atomic.Int64

	mu     sync.Mutex
	active map[*file]struct{}
}

func newTally(rows int64) *tally {
	t := &tally{active: map[*file]struct{}{}}
	t.rows.Store(rows)
	return t
}

// of returns the counter of a status.
func (t *tally) of(status journal.Status) *atomic.Int64 {
	switch status {
	case journal.Failed:
		return &t.failed
	case journal.Unverified:
		return &t.unverified
	case journal.Kept:
		return &t.kept
	case journal.CallbackFailed:
		return &t.callbackFailed
	}
	return &t.done
}

// enter and leave frame the life of a file of several parts.
func (t *tally) enter(f *file) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.active[f] = struct{}{}
}

func (t *tally) leave(f *file) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.active, f)
}

// part counts one part that is in the store: sent now, or kept from an earlier run.
func (t *tally) part(p *part) {
	p.file.sent.Add(p.n)
	if p.kept {
		t.resumedParts.Add(1)
		return
	}
	t.sentParts.Add(1)
	t.sentBytes.Add(p.n)
}

func (t *tally) files() []Active {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]Active, 0, len(t.active))
	for f := range t.active {
		list = append(list, Active{Row: f.row.Number, Key: f.row.Key, Size: f.object.Size, Sent: f.sent.Load()})
	}
	return list
}

func (t *tally) progress() Progress {
	p := Progress{
		Rows: t.rows.Load(), Done: t.done.Load(), Skipped: t.skipped.Load(), Failed: t.failed.Load(),
		Unverified: t.unverified.Load(), Bytes: t.bytes.Load(),
		Kept: t.kept.Load(), CallbackFailed: t.callbackFailed.Load(),
		SentBytes: t.sentBytes.Load(), SentParts: t.sentParts.Load(), ResumedParts: t.resumedParts.Load(),
	}
	for _, a := range t.files() {
		p.InFlight += a.Sent
	}
	return p
}
