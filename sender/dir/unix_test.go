//go:build unix

package dir_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/ingest-dev/ingest/sender"
)

func TestFilesAreForTheirOwnerAlone(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	s, root := open(t)
	if err := put(t, s, "a/b", "data"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Begin(t.Context(), &sender.Object{Key: "key"}); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Opening a pipe would wait for somebody to write to it.
func TestHeadOfAPipe(t *testing.T) {
	s, root := open(t)
	if err := syscall.Mkfifo(filepath.Join(root, "pipe"), 0o600); err != nil {
		t.Skip("no pipes here: ", err)
	}
	if _, err := s.Head(t.Context(), "pipe"); !errors.Is(err, sender.ErrNotFound) {
		t.Errorf("error %v, want %v", err, sender.ErrNotFound)
	}
}
