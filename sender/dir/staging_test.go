package dir_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/dir"
)

// beginOf begins an upload and says what came of it.
func beginOf(t *testing.T, s *dir.Store) error {
	t.Helper()
	_, err := s.Begin(t.Context(), &sender.Object{Key: "key"})
	return err
}

// listOf lists the open uploads and says what came of it.
func listOf(t *testing.T, s *dir.Store) error {
	t.Helper()
	for _, err := range s.Uploads(t.Context(), "") {
		if err != nil {
			return err
		}
	}
	return nil
}

// requireStop fails unless the error stops the run and says what to do, and where.
func requireStop(t *testing.T, err error, do, where string) {
	t.Helper()
	e, ok := errors.AsType[*sender.Error](err)
	if !ok || e.Kind != sender.StopRun || !strings.HasPrefix(e.Hint, do) || !strings.Contains(e.Hint, where) {
		t.Errorf("error %v, want one that stops the run and says to %s %s", err, do, where)
	}
}

func TestFileInTheStagingFoldersPlaceGivesUpRowAfterRow(t *testing.T) {
	s, root := open(t)
	staging := filepath.Join(root, ".ingest")
	if err := os.WriteFile(staging, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{put(t, s, "a/b", "data"), beginOf(t, s), listOf(t, s)} {
		requireStop(t, err, "remove the file", staging)
	}
	if got, _ := os.ReadFile(staging); string(got) != "mine" {
		t.Errorf("the file holds %q", got)
	}
}

func TestLinkInTheStagingFoldersPlaceIsFollowed(t *testing.T) {
	for _, to := range []string{"folder", "missing", ".ingest", os.TempDir()} {
		s, root := open(t)
		staging := filepath.Join(root, ".ingest")
		if err := errors.Join(os.Mkdir(filepath.Join(root, "folder"), 0o700), os.Symlink(to, staging)); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
		for _, err := range []error{put(t, s, "a/b", "data"), beginOf(t, s), listOf(t, s)} {
			requireStop(t, err, "remove the file or link", staging)
		}
		if got := tree(t, root); got != ".ingest folder/" {
			t.Errorf("to %s: the directory holds %s", to, got)
		}
	}
}
