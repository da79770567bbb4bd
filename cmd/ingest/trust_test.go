package main

import (
	"encoding/pem"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCAFile talks to a store whose certificate nobody knows, in both dialects, before and after it is said to be
// trusted.
func TestCAFile(t *testing.T) {
	server := httptest.NewUnstartedServer(storeBehind(t, nil))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it is refused on purpose
	server.StartTLS()
	t.Cleanup(server.Close)
	useStore(t, server.URL)
	dir := t.TempDir()
	rows, ca := filepath.Join(dir, "rows.txt"), filepath.Join(dir, "ca.pem")
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	for name, data := range map[string][]byte{rows: []byte("rows.txt\n"), ca: authority} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, url := range []string{"oss://demo/x", "s3://demo/y"} {
		for _, args := range [][]string{{"run", rows, "--to", url}, {"verify", rows, "--to", url}, {"put", rows, url}, {"uploads", "list", url}} {
			code, _, stderr := ingest(t, args...)
			if code != exitRefused || !strings.Contains(stderr, "--ca-file") {
				t.Errorf("%v: exit %d, want %d and a hint: %s", args, code, exitRefused, stderr)
			}
			if code, _, stderr := ingest(t, append(args, "--ca-file", ca)...); code != exitDone {
				t.Errorf("%v with its authority: exit %d: %s", args, code, stderr)
			}
		}
		for file, want := range map[string]string{filepath.Join(dir, "none.pem"): "none.pem: no such file", rows: "rows.txt holds no PEM certificate"} {
			if code, _, stderr := ingest(t, "run", rows, "--to", url, "--ca-file", file); code != exitUsage || !strings.Contains(stderr, want) {
				t.Errorf("%s: exit %d, want %d and %q: %s", file, code, exitUsage, want, stderr)
			}
		}
	}
}

func TestWarnsOnceOfKeysThatOthersCanRead(t *testing.T) {
	startStore(t, nil)
	dir := t.TempDir()
	rows, keys := filepath.Join(dir, "rows.txt"), filepath.Join(dir, "credentials")
	for name, data := range map[string]string{
		rows: "rows.txt\n", keys: "[default]\naws_access_key_id = " + keyID + "\naws_secret_access_key = " + canary + "\n",
	} {
		if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", keys)
	const warning = "others can read your access keys: chmod 600 it"
	for _, c := range []struct {
		mode os.FileMode
		env  string
		want int
	}{{0o600, "", 0}, {0o644, "", 1}, {0o640, "", 1}, {0o644, keyID, 0}} {
		if err := os.Chmod(keys, c.mode); err != nil {
			t.Fatal(err)
		}
		t.Setenv("AWS_ACCESS_KEY_ID", c.env)
		code, _, stderr := ingest(t, "run", rows, "--to", "s3://demo/x")
		if code != exitDone || strings.Count(stderr, warning) != c.want {
			t.Errorf("mode %v, %q in the environment: exit %d, want %d warnings: %s", c.mode, c.env, code, c.want, stderr)
		}
	}
}

func TestWarnsOfAConfigurationThatAnyoneCanChange(t *testing.T) {
	dir := t.TempDir()
	rows, config := filepath.Join(dir, "rows.txt"), filepath.Join(dir, "c.yaml")
	for name, data := range map[string]string{rows: "rows.txt\n", config: "retries: 2\n"} {
		if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for mode, want := range map[os.FileMode]int{0o644: 0, 0o666: 1} {
		if err := os.Chmod(config, mode); err != nil {
			t.Fatal(err)
		}
		code, _, stderr := ingest(t, "run", rows, "--to", "file://"+filepath.Join(dir, "out"), "--config", config)
		if code != exitDone || strings.Count(stderr, "anyone can change the configuration") != want {
			t.Errorf("mode %v: exit %d, want %d warnings: %s", mode, code, want, stderr)
		}
	}
}

func TestWarnsOnceOfPlainHTTP(t *testing.T) {
	server := startStore(t, nil)
	rows := filepath.Join(t.TempDir(), "rows.txt")
	if err := os.WriteFile(rows, []byte("rows.txt\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const warning = "the endpoint is plain http"
	if code, _, stderr := ingest(t, "run", rows, "--to", "oss://demo/x"); code != exitDone || strings.Contains(stderr, warning) {
		t.Errorf("on this machine: exit %d: %s", code, stderr)
	}
	program, err := selfAsIngest()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(patient(t), program, "uploads", "list", "oss://demo/")
	cmd.Env = append(os.Environ(), "HTTP_PROXY="+server.URL, "OSS_ENDPOINT=http://192.0.2.1") // a name that is not this machine's
	out, _ := cmd.CombinedOutput()
	if strings.Count(string(out), warning) != 1 || strings.Count(string(out), "endpoint=http://192.0.2.1") != 1 {
		t.Errorf("want one warning: %s", out)
	}
}
