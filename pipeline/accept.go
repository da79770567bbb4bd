package pipeline

import "github.com/ingest-dev/ingest/journal"

// Accept says which rows end a job well that are stored, though something is open about them. The zero value accepts
// none.
type Accept struct {
	Unverified     bool // those that the store offers no checksum to prove by
	CallbackFailed bool // those of which the application server may not have heard
}

// well reports whether a row of that status needs nothing more.
func (a Accept) well(s journal.Status) bool {
	switch s {
	case journal.Failed:
		return false
	case journal.Unverified:
		return a.Unverified
	case journal.CallbackFailed:
		return a.CallbackFailed
	}
	return true
}

// Finished reports whether every row has ended well: it is proven, was left alone as [Options].IfExists says, or is
// accepted. Then the journal's work is done. Until then it knows what need not be sent again.
func (p *Progress) Finished(a Accept) bool {
	var well int64
	for status, rows := range map[journal.Status]int64{
		journal.Done: p.Done, journal.Kept: p.Kept, journal.Failed: p.Failed,
		journal.Unverified: p.Unverified, journal.CallbackFailed: p.CallbackFailed,
	} {
		if a.well(status) {
			well += rows
		}
	}
	return well == p.Rows
}
