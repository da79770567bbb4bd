//go:build unix

package dir_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

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
	answered := make(chan error, 1)
	var asking sync.WaitGroup
	asking.Go(func() {
		_, err := s.Head(t.Context(), "pipe")
		answered <- err
	})
	defer asking.Wait()
	select {
	case err := <-answered:
		if !errors.Is(err, sender.ErrNotFound) {
			t.Errorf("error %v, want %v", err, sender.ErrNotFound)
		}
	case <-time.After(5 * time.Second):
		t.Error("it waits for the other end")
		if f, err := os.OpenFile(filepath.Join(root, "pipe"), os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
			_ = f.Close()
		}
	}
}

func TestForbiddenStagingFolderGivesUpRowAfterRow(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	s, root := open(t)
	staging := filepath.Join(root, ".ingest")
	chmod(t, root, 0o500)
	for _, err := range []error{put(t, s, "a/b", "data"), beginOf(t, s)} {
		requireStop(t, err, "make the directory", root)
	}
	chmod(t, root, 0o700)
	if err := os.Mkdir(staging, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []fs.FileMode{0, 0o300, 0o500} {
		chmod(t, staging, mode)
		if mode != 0o300 { // a put needs no more than that
			requireStop(t, put(t, s, "a/b", "data"), "make the folder", staging)
		}
		requireStop(t, beginOf(t, s), "make the folder", staging)
		if mode != 0o500 { // that is enough for looking
			requireStop(t, listOf(t, s), "make the folder", staging)
		}
	}
}

// A folder of a key is that key's alone.
func TestForbiddenFolderOfAKeyStopsTheRun(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	s, root := open(t)
	if err := os.Mkdir(filepath.Join(root, "a"), 0o700); err != nil {
		t.Fatal(err)
	}
	chmod(t, filepath.Join(root, "a"), 0o500)
	if err := put(t, s, "a/b", "data"); err == nil || sender.KindOf(err) != sender.GiveUp {
		t.Errorf("error %v, want one that gives up the row", err)
	}
}

// chmod changes a mode until the test ends.
func chmod(t *testing.T, path string, mode fs.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(path, 0o700) })
}

// An upload whose files cannot be looked at may be there still: a row that took it for gone would be sent again, and
// the upload be left.
func TestUploadThatCannotBeLookedAtIsNotGone(t *testing.T) {
	u := begin(t)
	u.send(1)
	there := filepath.Dir(u.file("meta"))
	aside := there + ".aside"
	if err := errors.Join(os.Rename(there, aside), os.Symlink(there, there)); err != nil {
		t.Fatal(err)
	}
	if _, err := u.try(2, 4, "bbbb"); err == nil || errors.Is(err, sender.ErrNoSuchUpload) {
		t.Errorf("send part: %v", err)
	}
	if err := u.store.Abort(t.Context(), u.Upload); err == nil {
		t.Error("an upload that nobody could look at was aborted")
	}
	lister := sender.UploadLister(u.store)
	for _, err := range lister.Uploads(t.Context(), "") {
		if err == nil {
			t.Error("an upload was listed that nobody could look at")
		}
	}
	if err := errors.Join(os.Remove(there), os.Rename(aside, there)); err != nil {
		t.Fatal(err)
	}
	if got := u.listed(); !slices.Equal(got, []int{1}) {
		t.Errorf("parts %v are left", got)
	}
}
