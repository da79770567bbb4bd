//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// foreignFile is a file that belongs to another user: one of root's, or for root one that he gave away.
func foreignFile(t *testing.T) string {
	if os.Geteuid() != 0 {
		return "/etc/passwd"
	}
	path := filepath.Join(t.TempDir(), "f.ucp")
	if err := os.WriteFile(path, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(path, 65534, -1); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCheckpointOfAnotherUserIsTaken(t *testing.T) {
	path := foreignFile(t)
	code, _, stderr := ingest(t, "adopt", path, "--to", "oss://b/k", "--file", path)
	if code != exitUsage || !strings.Contains(stderr, "belongs to another user") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
