//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/checkpoints"
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

// Its client went on meanwhile, with another upload: the checkpoint is the only trace of that one.
func TestCheckpointThatBecameAnothersIsRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "java.ucp")
	b, err := os.ReadFile("../../checkpoints/testdata/java.ucp")
	if err == nil {
		err = os.WriteFile(path, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	ours := &takeover{Checkpoint: &checkpoints.Checkpoint{UploadID: "ours"}, path: path}
	if err := ours.removeCheckpoint(); err == nil || !strings.Contains(err.Error(), "another upload now") {
		t.Error(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}
