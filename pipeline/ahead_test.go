package pipeline

import "testing"

// Who is killed while the disk holds a write up sends again what its journal was ahead of the file.
func TestJournalGetsFurtherAheadThanPartsAreInFlight(t *testing.T) {
	for want, o := range map[int]Options{
		DefaultParallel: {}, 3: {Parallel: 3}, 4: {Parallel: 4, MaxParallel: 256}, 1: {Parallel: -1},
	} {
		if got := o.Ahead(); got != want {
			t.Errorf("%d records ahead of the file, want %d", got, want)
		}
	}
}
