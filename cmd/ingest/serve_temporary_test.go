package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// temporary lets the store that is served next know a temporary key with that end.
func temporary(t *testing.T, end time.Time) {
	t.Helper()
	for name, value := range map[string]string{
		temporaryID: "STS.served", temporarySecret: "served-secret", temporaryToken: "served-token",
		temporaryExpiration: end.UTC().Format(time.RFC3339),
	} {
		t.Setenv(name, value)
	}
}

// putTemporarily serves a store and moves a file into it with the temporary key. It returns what was said.
func putTemporarily(t *testing.T) (string, error) {
	t.Helper()
	dir := t.TempDir()
	s, err := newServed(filepath.Join(dir, "store"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.stop)
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	program, err := selfAsIngest()
	if err != nil {
		t.Fatal(err)
	}
	put := exec.CommandContext(t.Context(), program, "put", file, "oss://demo/file")
	put.Dir = dir
	put.Env = append(os.Environ(), "OSS_ENDPOINT="+s.settings["OSS_ENDPOINT"], "OSS_REGION="+s.settings["OSS_REGION"],
		"OSS_ACCESS_KEY_ID=STS.served", "OSS_ACCESS_KEY_SECRET=served-secret", "OSS_SESSION_TOKEN=served-token")
	out, err := put.CombinedOutput()
	return string(out), err
}

func TestTemporaryKeyIsServedUntilItExpires(t *testing.T) {
	temporary(t, time.Now().Add(time.Hour))
	if out, err := putTemporarily(t); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	temporary(t, time.Now().Add(-time.Hour))
	if out, err := putTemporarily(t); err == nil || !strings.Contains(out, "SecurityTokenExpired") {
		t.Errorf("an expired key: %v: %s", err, out)
	}
}

func TestTemporaryKeyThatIsHalfSetIsAMistake(t *testing.T) {
	for name, spoilt := range map[string]string{temporaryToken: "", temporaryExpiration: "tomorrow"} {
		temporary(t, time.Now())
		t.Setenv(name, spoilt)
		if keys, err := temporaryKeys(); err == nil || !strings.Contains(err.Error(), "INGEST_SERVE_TEMPORARY_") {
			t.Errorf("%s=%q: %v, %v", name, spoilt, keys, err)
		}
	}
}
