package wire

import (
	"errors"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ingest-dev/ingest/sender"
)

// TestNoDescriptorForAConnectionIsTriedAgain: others of this process give theirs back.
func TestNoDescriptorForAConnectionIsTriedAgain(t *testing.T) {
	s := counting(t, false)
	enough := starve(t)
	for range 3 {
		_, err := ended(t, s.client, put(s.URL, []byte("abc")), 5*time.Second)
		if !errors.Is(err, syscall.EMFILE) {
			t.Fatalf("got %v", err)
		}
		failed(t, err, sender.TryAgain, false)
		unreachable(t, err, true)
	}
	enough()
	if _, err := ended(t, s.client, put(s.URL, []byte("abc")), 5*time.Second); err != nil {
		t.Fatal(err)
	}
}

// starve lets the process open nothing more until the function that it returns is called.
func starve(t *testing.T) (enough func()) {
	t.Helper()
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &before); err != nil {
		t.Skip(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 1, Max: before.Max}); err != nil {
		t.Skip(err)
	}
	enough = func() { _ = unix.Setrlimit(unix.RLIMIT_NOFILE, &before) }
	t.Cleanup(enough)
	return enough
}
