//go:build linux || darwin

package reader

import (
	"errors"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// descriptors counts the open ones.
func descriptors(t *testing.T) int {
	open, err := os.ReadDir("/dev/fd")
	must(t, err)
	return len(open)
}

// A signal in the middle of an open or a stat is nobody's failure.
func TestInterruptedCallIsRepeated(t *testing.T) {
	calls := 0
	n, err := retried(func() (int, error) {
		if calls++; calls < 3 {
			return 0, unix.EINTR
		}
		return 7, nil
	})
	if n != 7 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := retried(func() (int, error) { return 0, unix.EIO }); !errors.Is(err, unix.EIO) {
		t.Error(err)
	}
}
