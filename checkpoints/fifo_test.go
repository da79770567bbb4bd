//go:build unix

package checkpoints

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"
)

// Nobody writes into it: who opens it waits for ever.
func TestPipeIsRefusedUnopened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	if _, err := Read(path); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
}
