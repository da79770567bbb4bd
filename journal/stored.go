package journal

import (
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"
)

// stored is the rows that are in the store, so that no record takes this back. Whoever reads a damaged file counts on
// it: of a row that is stored nothing was said later that could be missing. FORMAT.md has the reasoning.
type stored struct {
	final      *roaring.Bitmap // rows that no other outcome may follow
	unverified *roaring.Bitmap
}

func newStored(s *State) stored {
	return stored{final: roaring.FastOr(s.Done, s.CallbackFailed, s.Kept), unverified: s.Unverified.Clone()}
}

// allows returns why a row may not be given an outcome, or nil.
func (s *stored) allows(row int64, status Status) error {
	switch {
	case s.final.Contains(uint32(row)):
		return fmt.Errorf("%w: row %d is done, and now %s", ErrRecord, row, status)
	case status == Failed && s.unverified.Contains(uint32(row)):
		return fmt.Errorf("%w: row %d is unverified, and now failed", ErrRecord, row)
	}
	return nil
}

func (s *stored) note(row int64, status Status) {
	switch status {
	case Done, CallbackFailed, Kept:
		s.final.Add(uint32(row))
		s.unverified.Remove(uint32(row))
	case Unverified:
		s.unverified.Add(uint32(row))
	}
}
