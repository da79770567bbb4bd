// Package alioss lets ali-oss, the Node.js client, judge the embedded store. The client is installed from npm, once,
// as package-lock.json pins it. Without node, or while the registry cannot be reached, the test is skipped.
package alioss

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/test/internal/emulator"
)

//go:embed package-lock.json
var lock []byte

func TestJudge(t *testing.T) {
	dir := install(t)
	for name, w := range ways {
		t.Run(name, func(t *testing.T) {
			for _, o := range judge(t, dir, w) {
				t.Run(o.Name, func(t *testing.T) {
					if o.Error != "" {
						t.Error(o.Error)
					}
				})
			}
		})
	}
}

// way is how the client signs, and what it calls the store. Called by an address, it says another host than it calls:
// bucket.oss-region.aliyuncs.com.
type way struct{ signature, host string }

var ways = map[string]way{
	"v1": {"v1", "localhost"}, "v4": {"v4", "localhost"}, "v1 by address": {"v1", "127.0.0.1"}, "v4 by address": {"v4", "127.0.0.1"},
}

// outcome is what the script says of a trial.
type outcome struct{ Name, Error string }

// judge runs the script against an empty store.
func judge(t *testing.T, dir string, w way) []outcome {
	t.Helper()
	a := emulator.Start(t, false)
	script, err := filepath.Abs("judge.js")
	if err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", script)
	node.Stderr = os.Stderr
	node.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(dir, "node_modules"), "NODE_NO_WARNINGS=1",
		"SIGNATURE="+w.signature, "ENDPOINT="+strings.Replace(a.URL, "127.0.0.1", w.host, 1),
		"REGION="+a.Region, "BUCKET="+a.Bucket, "ID="+a.ID, "SECRET="+a.Secret,
		"FRESH_ID="+emulator.Fresh(a).ID, "STALE_ID="+emulator.Stale(a).ID,
		"TEMPORARY_SECRET="+emulator.Fresh(a).Secret, "TOKEN="+emulator.Fresh(a).Token)
	out, err := node.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, out)
	}
	return parse(t, out)
}

func parse(t *testing.T, out []byte) []outcome {
	t.Helper()
	var outcomes []outcome
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var o outcome
		if err := d.Decode(&o); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		outcomes = append(outcomes, o)
	}
	if len(outcomes) == 0 {
		t.Fatal("the script judged nothing")
	}
	return outcomes
}

// install puts the client into a cache directory named after the lock file, unless it is there.
func install(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("SKIPPED: npm and node are needed to let ali-oss judge the store")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	dir := filepath.Join(cache, "ingest-test", fmt.Sprintf("alioss-%x", sha256.Sum256(lock))[:23])
	if _, err := os.Stat(filepath.Join(dir, "installed")); err == nil {
		return dir
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	npmCI(t, dir)
	return dir
}

func npmCI(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"package.json", "package-lock.json"} {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	npm := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: ali-oss cannot be installed: %v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "installed"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}
