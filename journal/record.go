package journal

import (
	"fmt"

	"github.com/ingest-dev/ingest/hasher"
)

// The bounds of what a record holds. Texts are in bytes.
const (
	MaxRow      = 1<<32 - 1 // rows are kept in 32-bit bitmaps
	MaxPart     = 1<<31 - 1
	MaxUploadID = 1024
	MaxETag     = 1024
	MaxVersion  = 1024
	MaxCallback = 1024
)

// Record is what a journal remembers: a [Begun], a [Part], a [Dropped] or an [Outcome], by value.
type Record interface {
	record()
}

// Begun says that a store opened an upload for the row. It takes the place of the row's earlier upload, if one
// is open, and of its parts.
type Begun struct {
	Row      int64
	UploadID string // at most MaxUploadID bytes
	PartSize int64  // bytes of every part but the last
	Source   Source // the file as it was when its upload began
	Time     int64  // unix nanoseconds
}

// Part says that a store holds a part of the row's open upload. The last one of a number counts.
type Part struct {
	Row      int64
	Number   int // from 1
	Size     int64
	XXH3     uint64          // of the part's bytes
	Checksum hasher.Checksum // the wire checksum of the same bytes; zero if none was taken
	ETag     string          // at most MaxETag bytes
}

// Dropped says that the row's upload was aborted or is gone: it is forgotten, and its parts with it.
type Dropped struct {
	Row int64
}

// Outcome says how the row ended. The last one of a row counts. Every status closes the row's upload but Failed, which
// leaves it open, for a later run to carry on.
type Outcome struct {
	Row       int64
	Status    Status
	Size      int64 // bytes of the object; -1 if not known, which only a failed row may say
	Parts     int
	XXH3      uint64 // of the whole; counts only if HasXXH3
	HasXXH3   bool
	Checksum  hasher.Checksum // of the whole; zero if not known
	ETag      string          // at most MaxETag bytes
	VersionID string          // at most MaxVersion bytes
	Attempts  int
	Failure   *Failure // nil unless something is to be said
	Callback  string   // what an application server answered; cut to MaxCallback bytes, or less, when it is written
	Compared  bool     // of a Done row: nothing was sent, as what was there has the size and the Checksum
}

func (Begun) record()   {}
func (Part) record()    {}
func (Dropped) record() {}
func (Outcome) record() {}

// Source is the identity of a file: times are unix nanoseconds, Changed is 0 where the system has no ctime.
type Source struct {
	Device, Inode           uint64
	Size, Modified, Changed int64
}

// Status is how a row ended. The numbers are written into journals and never change.
type Status uint8

// The statuses. Unverified is an object that is stored, of which the store says no checksum. CallbackFailed is one
// that is stored and proven, of which the store could not tell the application server, or may not have. Kept is a row
// whose object was there before, and was left alone.
const (
	Done           Status = 1
	Failed         Status = 2
	Unverified     Status = 3
	CallbackFailed Status = 4
	Kept           Status = 5
)

// statuses are all of them.
var statuses = [...]Status{Done, Failed, Unverified, CallbackFailed, Kept}

// String returns the name that reports use: "done", "failed", "unverified", "callback_failed" or "kept".
func (s Status) String() string {
	if s < Done || s > Kept {
		return fmt.Sprintf("status(%d)", uint8(s))
	}
	return [...]string{"done", "failed", "unverified", "callback_failed", "kept"}[s-Done]
}

// Failure is why a row failed. A text longer than its bound, in bytes, is cut when it is written.
type Failure struct {
	Op        string // 32
	Code      string // 128
	Message   string // 1024
	RequestID string // 128
	HostID    string // 256
	EC        string // 64
}

// check returns why a record cannot be written, or nil. It looks into the record by its type: a call through the
// interface would move every record that is appended to the heap.
func check(r Record) error {
	switch r := r.(type) {
	case Begun:
		return r.check()
	case Part:
		return r.check()
	case Dropped:
		return checkRow(r.Row)
	case Outcome:
		return r.check()
	}
	return fmt.Errorf("%w: no record", ErrRecord)
}

func checkRow(row int64) error {
	if row < 1 || row > MaxRow {
		return fmt.Errorf("%w: row %d", ErrRecord, row)
	}
	return nil
}

func checkSum(row int64, c hasher.Checksum) error {
	if !c.IsZero() && c.Algorithm.Size() == 0 {
		return fmt.Errorf("%w: row %d: checksum of %s", ErrRecord, row, c.Algorithm)
	}
	return nil
}

func (b Begun) check() error {
	if len(b.UploadID) > MaxUploadID || b.PartSize < 0 || b.Source.Size < 0 {
		return fmt.Errorf("%w: row %d: upload id of %d bytes, part size %d, source size %d",
			ErrRecord, b.Row, len(b.UploadID), b.PartSize, b.Source.Size)
	}
	return checkRow(b.Row)
}

func (p Part) check() error {
	if err := checkSum(p.Row, p.Checksum); err != nil {
		return err
	}
	if p.Number < 1 || p.Number > MaxPart || p.Size < 0 || len(p.ETag) > MaxETag {
		return fmt.Errorf("%w: row %d: part %d, size %d, ETag of %d bytes",
			ErrRecord, p.Row, p.Number, p.Size, len(p.ETag))
	}
	return checkRow(p.Row)
}

func (o Outcome) check() error {
	if o.Status < Done || o.Status > Kept || o.Compared && o.Status != Done {
		return fmt.Errorf("%w: row %d: %s, compared: %t", ErrRecord, o.Row, o.Status, o.Compared)
	}
	if o.Size < -1 || o.Size < 0 && o.Status != Failed ||
		o.Parts < 0 || o.Parts > MaxPart || o.Attempts < 0 || o.Attempts > MaxPart {
		return fmt.Errorf("%w: row %d: size %d, %d parts, %d attempts", ErrRecord, o.Row, o.Size, o.Parts, o.Attempts)
	}
	if err := checkSum(o.Row, o.Checksum); err != nil {
		return err
	}
	if len(o.ETag) > MaxETag || len(o.VersionID) > MaxVersion {
		return fmt.Errorf("%w: row %d: ETag of %d bytes, version id of %d", ErrRecord, o.Row, len(o.ETag), len(o.VersionID))
	}
	return checkRow(o.Row)
}
