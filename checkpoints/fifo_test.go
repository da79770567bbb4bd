//go:build unix

package checkpoints

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Nobody writes into it: who opens it waits for ever.
func TestPipeIsRefusedUnopened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	read := make(chan error, 1)
	var reader sync.WaitGroup
	reader.Go(func() {
		_, err := Read(path)
		read <- err
	})
	select {
	case err := <-read:
		if !errors.Is(err, ErrUnknown) {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Error("it waits for a writer")
		if w, err := os.OpenFile(path, os.O_WRONLY, 0); err == nil {
			_ = w.Close()
		}
	}
	reader.Wait()
}
