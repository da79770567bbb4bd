package dir_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/ingest-dev/ingest/sender"
)

func TestRemoveLeavesTheOthersAndNoEmptyFolder(t *testing.T) {
	s, root := open(t)
	for _, key := range []string{"a/b/c", "a/d", "e/f/g"} {
		if err := put(t, s, key, "data"); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"a/b/c", "e/f/g", "e/f/g", "a/d/x", "never/was"} {
		if err := s.Remove(t.Context(), key); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
	if got := tree(t, root); got != ".ingest/ a/ a/d" {
		t.Errorf("the directory holds %s", got)
	}
	if err := put(t, s, "a/b/c", "data"); err != nil {
		t.Errorf("into a folder that was removed: %v", err)
	}
}

func TestRemoveOfAFolderRemovesNothing(t *testing.T) {
	s, root := open(t)
	if err := os.MkdirAll(filepath.Join(root, "a", "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(t.Context(), "a/empty"); err != nil {
		t.Error(err)
	}
	if got := tree(t, root); got != "a/ a/empty/" {
		t.Errorf("the directory holds %s", got)
	}
}

func TestRemoveStaysInsideTheRoot(t *testing.T) {
	s, root := open(t)
	outside := filepath.Join(t.TempDir(), "precious")
	if err := errors.Join(os.WriteFile(outside, nil, 0o600), os.Symlink(filepath.Dir(outside), filepath.Join(root, "link"))); err != nil {
		t.Skip(err) // no links here
	}
	for _, key := range []string{"link/precious", "../precious", ".ingest/x", ""} {
		err := s.Remove(t.Context(), key)
		if e, ok := errors.AsType[*sender.Error](err); !ok || e.Op == "" {
			t.Errorf("%q: error %v", key, err)
		}
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error(err)
	}
	if got := tree(t, root); got != "link" {
		t.Errorf("the directory holds %s", got)
	}
}

func TestRemoveEndsWithItsContext(t *testing.T) {
	s, _ := open(t)
	if err := put(t, s, "a", "data"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Remove(ctx, "a"); !errors.Is(err, context.Canceled) || sender.KindOf(err) != sender.TryAgain {
		t.Errorf("error %v", err)
	}
}
