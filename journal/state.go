package journal

import (
	"fmt"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
)

// State is what a journal knew when it was opened. It belongs to the caller; later records do not change it.
type State struct {
	// These hold the rows by their last outcome. A row is in at most one of them.
	Done, Unverified, Failed, CallbackFailed, Kept *roaring.Bitmap

	// Uploads holds, by row, the uploads that are open as far as the journal knows. The store may know better.
	Uploads map[int64]*Upload

	Created time.Time // when the job began, by this machine's clock then

	Bytes  int64   // sizes of the objects of the rows in Done, Unverified and CallbackFailed
	Damage *Damage // nil if there was none
	Torn   int64   // bytes that were cut from the end: what a crash left of the last writes
	New    bool    // the journal was created
}

// Upload is an open upload and those of its parts that the journal vouches for. After damage that may be none
// of them; the upload itself is kept so that it can be carried on or aborted, and is not left behind in the store.
type Upload struct {
	Begun Begun
	Parts map[int]Part // by number
}

// Upload returns the row's open upload, or nil.
func (s *State) Upload(row int64) *Upload { return s.Uploads[row] }

// NewState returns the state of a journal that knows nothing.
func NewState() *State {
	return &State{
		Done: roaring.New(), Unverified: roaring.New(), Failed: roaring.New(),
		CallbackFailed: roaring.New(), Kept: roaring.New(),
		Uploads: make(map[int64]*Upload), Created: time.Now(),
	}
}

// made reports whether the job has made an object of the row, whose size counts.
func (s Status) made() bool { return s == Done || s == Unverified || s == CallbackFailed }

// settle notes an outcome. It reports whether the row had one before, and whether that one's size is in Bytes.
func (s *State) settle(o *Outcome) (again, counted bool) {
	row := uint32(o.Row)
	for _, status := range statuses {
		if rows := s.rows(status); status != o.Status && !rows.IsEmpty() && rows.CheckedRemove(row) {
			again, counted = true, status.made()
		}
	}
	if !s.rows(o.Status).CheckedAdd(row) {
		again, counted = true, o.Status.made()
	}
	if o.Status.made() {
		s.Bytes += o.Size
	}
	return again, counted
}

// settled returns how many rows have an outcome.
func (s *State) settled() uint64 {
	var n uint64
	for _, status := range statuses {
		n += s.rows(status).GetCardinality()
	}
	return n
}

// Stored reports whether the row needs nothing more: its object was in the store when its last outcome was written.
func (s *State) Stored(row int64) bool {
	r := uint32(row)
	return s.Done.Contains(r) || s.Unverified.Contains(r) || s.CallbackFailed.Contains(r) || s.Kept.Contains(r)
}

func (s *State) rows(status Status) *roaring.Bitmap {
	switch status {
	case Done:
		return s.Done
	case Unverified:
		return s.Unverified
	case CallbackFailed:
		return s.CallbackFailed
	case Kept:
		return s.Kept
	}
	return s.Failed
}

// Damage is what was wrong in a journal other than at its end, and what became of it.
type Damage struct {
	Offset     int64  // in the file, where the first of it begins
	Bytes      int64  // that belong to no frame, in all places together
	Missing    uint64 // frames that the order says were there
	Repeated   int    // frames that were in the file before, or too late; they were not believed
	Undecoded  int    // frames that were whole and made no sense
	FramesKept int    // frames behind the first damage that were believed
	Doubted    int    // open uploads of which no part is believed any more
	Copy       string // the file as it was; empty in a dump
}

// String says it in one line, for a person.
func (d *Damage) String() string {
	s := fmt.Sprintf("damaged at byte %d: %d bytes unreadable, %d records missing, %d repeated, %d without sense; "+
		"%d records behind it kept, the parts of %d uploads not believed",
		d.Offset, d.Bytes, d.Missing, d.Repeated, d.Undecoded, d.FramesKept, d.Doubted)
	if d.Copy != "" {
		s += "; a copy is in " + d.Copy
	}
	return s
}
