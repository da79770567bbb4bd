package pipeline

import (
	"fmt"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
)

// Action is what is to be done with a row.
type Action uint8

// The actions.
const (
	Put     Action = iota // send it in one request
	Begin                 // open an upload and send every part
	CarryOn               // send what the store lacks of an open upload
	Rehash                // the same, but keep a part only if the source still has its bytes
)

// String returns the action's name.
func (a Action) String() string {
	return [...]string{"put", "begin", "carry on", "rehash"}[a]
}

// Plan is what is to be done with a row, and in which parts.
type Plan struct {
	Action   Action
	Abort    bool  // first abort the open upload: the source outgrew it
	PartSize int64 // bytes of every part but the last
	Parts    int   // at least 1; an empty source is one empty part
}

// Layout returns the range of part number, from 1, of a source of size bytes.
func (p Plan) Layout(number int, size int64) (off, n int64) {
	off = int64(number-1) * p.PartSize
	return off, min(p.PartSize, size-off)
}

// Decide is the resume table: from what the source is now and what the journal knows of an open upload (nil:
// nothing) to what is to be done. Rows that are done never get here. An error fails the row.
//
// partSize is what the user or the tuner wants, in bytes; it is raised where the store takes no more parts, and an
// upload that is carried on keeps the size it was begun with.
func Decide(now reader.Identity, known *journal.Upload, partSize int64, l sender.Limits) (Plan, error) {
	fresh, err := fresh(now.Size, partSize, l)
	if err != nil || known == nil {
		return fresh, err
	}
	kept := layout(now.Size, known.Begun.PartSize)
	kept.Action = CarryOn
	if reader.Identity(known.Begun.Source) != now {
		kept.Action = Rehash
	}
	if !carries(kept, known, now.Size, l) {
		fresh.Abort = true
		return fresh, nil
	}
	return kept, nil
}

// carries reports whether an upload begun earlier can still become the object.
func carries(p Plan, known *journal.Upload, size int64, l sender.Limits) bool {
	if known.Begun.PartSize <= 0 || size == 0 || exceeds(int64(p.Parts), int64(l.MaxParts)) || p.tooSmall(l) {
		return false
	}
	for number := range known.Parts {
		if number > p.Parts {
			return false // a part beyond the end would stay in the upload
		}
	}
	return true
}

// fresh plans a row of which nothing is known.
func fresh(size, partSize int64, l sender.Limits) (Plan, error) {
	if exceeds(size, l.MaxObject) {
		return Plan{}, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, size, l.MaxObject)
	}
	p := layout(size, fit(size, partSize, l))
	if p.Parts > 1 || exceeds(size, l.MaxPut) {
		p.Action = Begin
	}
	return p, nil
}

func layout(size, partSize int64) Plan {
	if partSize <= 0 {
		return Plan{Parts: 1}
	}
	return Plan{PartSize: partSize, Parts: int(max(1, (size+partSize-1)/partSize))}
}

// fit returns the part size nearest to want that the store's limits allow for an object of size bytes.
func fit(size, want int64, l sender.Limits) int64 {
	want = max(want, l.MinPart, 1)
	if l.MaxParts > 0 {
		least := (size + int64(l.MaxParts) - 1) / int64(l.MaxParts)
		if least > want {
			want = (least + grain - 1) / grain * grain
		}
	}
	if l.MaxPart > 0 {
		want = min(want, l.MaxPart)
	}
	return want
}

// grain is what a raised part size is rounded up to: a multiple of every page size and of the hash block.
const grain = 1 << 20

func exceeds(n, limit int64) bool { return limit > 0 && n > limit }
