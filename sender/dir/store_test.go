package dir_test

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/ingest-dev/ingest/sender/dir"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	sendertest.Run(t, func(t *testing.T) sendertest.Subject {
		s, root := open(t)
		return sendertest.Subject{
			Store:      s,
			Read:       func(key string) ([]byte, error) { return os.ReadFile(filepath.Join(root, filepath.FromSlash(key))) },
			NoMetadata: true,
		}
	})
}

// open returns a store in a new directory.
func open(t *testing.T) (*dir.Store, string) {
	t.Helper()
	root := t.TempDir()
	return reopen(t, root), root
}

// reopen returns a store in a directory, as a new process would have it.
func reopen(t *testing.T, root string) *dir.Store {
	t.Helper()
	s, err := dir.New(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
