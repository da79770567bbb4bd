package pipeline

import (
	"testing"

	"github.com/ingest-dev/ingest/hasher"
)

// A checksum of the parts that have one would be that of another object.
func TestPartWithoutAChecksumLeavesTheWholeUnknown(t *testing.T) {
	known := hasher.Sum([]byte("a"), hasher.SetOf(hasher.CRC64NVME)).Get(hasher.CRC64NVME)
	for lost := range 3 {
		whole, err := combine(3, func(i int) (hasher.Checksum, int64) {
			if i == lost {
				return hasher.Checksum{}, 1
			}
			return known, 1
		})
		if err != nil || !whole.IsZero() {
			t.Errorf("without part %d: %v, %v, want none", lost+1, whole, err)
		}
	}
}
