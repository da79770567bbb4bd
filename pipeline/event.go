package pipeline

import (
	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/journal"
)

// Event is something rare that happened to a row, told in the order of the journal.
type Event struct {
	Kind   EventKind
	Row    int64
	Source string
	Key    string
	Size   int64 // bytes of the source, when it was opened
	Status journal.Status
	Err    error // why it or its callback failed, why it is sent again, or as the kind says

	Compared string // by what a row was found to be there already, such as "size, crc64ecma"; empty: it was not
}

// EventKind says what happened.
type EventKind uint8

// The kinds of event.
const (
	Settled      EventKind = iota // the row has its outcome for this run: Status, and Err if it failed
	SentAgain                     // the store lost or spoilt the row, and it is sent once more: Err says why
	Forgotten                     // the store no longer knows the upload of an earlier run: the row starts over
	Incomparable                  // the object that was there has no checksum to compare: it is replaced
	Swept                         // uploads of the row were open that the journal did not know; they are aborted
	Adopted                       // the row was carried on with an upload that another program began
	Discarded                     // the upload that the row was to be carried on with was aborted, and the row begun anew: Err says why
	Spared                        // an upload that another program began is left open: Err says which, and why
)

// news is an event of a file that is not settled yet.
type news struct {
	kind EventKind
	err  error
}

func (f *file) event(k EventKind, err error) Event {
	return Event{
		Kind: k, Row: f.row.Number, Source: f.row.Source, Key: f.row.Key,
		Size: f.object.Size, Status: f.status, Err: err, Compared: f.comparison(),
	}
}

func (f *file) comparison() string {
	if !f.compared {
		return ""
	}
	return compared(f.whole)
}

// compared says by what an object was compared with its source.
func compared(by hasher.Checksum) string { return "size, " + by.Algorithm.String() }
