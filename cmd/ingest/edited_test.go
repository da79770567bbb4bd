//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestEditedManifestIsToldAsWhatItIs edits a manifest under a run, which cannot go on with it then, and puts it back.
func TestEditedManifestIsToldAsWhatItIs(t *testing.T) {
	b := newWorkbench(t)
	startStore(t, nil)
	var rows bytes.Buffer
	for i := range 4000 {
		fmt.Fprintf(&rows, "{\"source\":\"in/small\",\"key\":\"a/key/of/some/length/%d\"}\n", i)
	}
	manifest := filepath.Join(b.dir, "rows.jsonl")
	if err := os.WriteFile(manifest, rows.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	program, err := selfAsIngest()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(patient(t), program, "run", manifest, "--to", "oss://demo/x", "--limit-requests", "1500")
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if info, err := os.Stat(manifest + journalSuffix); err == nil && info.Size() > 1000 {
			break
		}
		if time.Since(began) > patience {
			t.Fatalf("the run does not begin: %s", &stderr)
		}
	}
	edited := append(rows.Bytes(), "{\"source\":\"in/small\",\"key\":\"one/more\"}\n"...)
	if err := os.WriteFile(manifest, edited, 0o600); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitJournal {
		t.Errorf("exit %d, want %d", code, exitJournal)
	}
	for _, want := range []string{"the manifest was changed while it was read", "put it back and:\n  ", " --restart\n"} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("stderr has no %q: %s", want, &stderr)
		}
	}
	if code, _, stderr := ingest(t, "run", manifest, "--to", "oss://demo/x"); code != exitJournal || !strings.Contains(stderr, "--restart") {
		t.Errorf("the edited one: exit %d: %s", code, stderr)
	}
	if err := os.WriteFile(manifest, rows.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, stdout, stderr := ingest(t, "run", manifest, "--to", "oss://demo/x"); code != exitDone || !strings.Contains(stdout, "by an earlier run") {
		t.Errorf("the one put back: exit %d: %s%s", code, stdout, stderr)
	}
}
