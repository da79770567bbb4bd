//go:build linux || darwin

package pipeline

import (
	"os"
	"testing"
)

// descriptors counts the open ones.
func descriptors(t *testing.T) int {
	t.Helper()
	open, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(open)
}
