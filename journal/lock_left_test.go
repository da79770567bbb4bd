package journal

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// While a run had the lock, somebody removed its file and put another in the place.
func TestReleaseRemovesWhatIsNotTheLock(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("an open file cannot be removed")
	}
	path := filepath.Join(t.TempDir(), "journal.lock")
	l, err := acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := l.release(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the other file: %v", err)
	}
}
