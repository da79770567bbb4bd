// Package moved has the program move files with all that a row can state, and compares it with what an official client
// says of the objects.
package moved

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ingest-dev/ingest/test/internal/judge"
	"github.com/ingest-dev/ingest/test/internal/lab"
)

// Properties are fields by the names of the manifest; metadata.NAME and tags.NAME stand for themselves.
type Properties map[string]string

// To is where the program moves to.
type To struct {
	judge.Access
	Scheme string   // oss or s3
	Flags  []string // of run
}

// Rows moves an object in one request, and one in parts, whose rows state fields: members of a JSON object. It compares
// them with what read says of each: no property may be missing, or be another.
func Rows(t *testing.T, to To, fields string, read func(key string) Properties) {
	t.Helper()
	dir := t.TempDir()
	manifest := ""
	for name, size := range map[string]int{"one": 100, "parts": partSize + 1} {
		write(t, filepath.Join(dir, name), judge.Bytes(size, 1))
		manifest += fmt.Sprintf("{\"source\":%q,%s}\n", name, fields)
	}
	write(t, filepath.Join(dir, "rows.jsonl"), []byte(manifest))
	to.run(t, filepath.Join(dir, "rows.jsonl"))
	want := stated(t, fields)
	for _, key := range []string{"one", "parts"} {
		got := read(key)
		for _, name := range slices.Sorted(maps.Keys(want)) {
			if got[name] != want[name] {
				t.Errorf("%s: %s is %q, want %q", key, name, got[name], want[name])
			}
		}
	}
}

// partSize is the least that S3 takes.
const partSize = 5 << 20

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// run moves a manifest to its end. A store that says that it does not know something cannot be tested for it.
func (to To) run(t *testing.T, manifest string) {
	t.Helper()
	args := append([]string{
		"run", manifest, "--to", to.Scheme + "://" + to.Bucket, "--endpoint", to.URL, "--region", to.Region,
		"--part-size", fmt.Sprint(partSize), "--progress", "none", "--retries", "0",
	}, to.Flags...)
	cmd := exec.CommandContext(t.Context(), lab.Program(t), args...)
	cmd.Env = []string{
		"HOME=" + t.TempDir(), "AWS_EC2_METADATA_DISABLED=true",
		"OSS_ACCESS_KEY_ID=" + to.ID, "OSS_ACCESS_KEY_SECRET=" + to.Secret,
		"AWS_ACCESS_KEY_ID=" + to.ID, "AWS_SECRET_ACCESS_KEY=" + to.Secret,
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// stated returns what a row's fields say.
func stated(t *testing.T, fields string) Properties {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal([]byte("{"+fields+"}"), &all); err != nil {
		t.Fatal(err)
	}
	p := Properties{}
	for name, value := range all {
		pairs, ok := value.(map[string]any)
		if !ok {
			p[name] = fmt.Sprint(value)
		}
		for key, one := range pairs {
			p[name+"."+key] = fmt.Sprint(one)
		}
	}
	return p
}

// Headers are the fields that every object store gives back as headers, user metadata and tags.
const Headers = `"content_type":"text/x-trial; charset=utf-8","cache_control":"max-age=60, public",` +
	`"content_disposition":"attachment; filename=\"a b.txt\"; filename*=UTF-8''%E2%98%83.txt","content_encoding":"br",` +
	`"content_language":"de, en","expires":"2031-01-02T03:04:05Z","metadata":{"one":"1","two":"a  b;c=d"},` +
	`"tags":{"team":"maps","a b":"x/y=z+1"}`
