package bulk

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// row is one of the job's rows, as its manifest has it.
type row struct {
	Source string `json:"source"`
	Key    string `json:"key"`
	Size   int64  `json:"size"`
}

// job is what is moved, and the program that moves it. The large file is the first row.
type job struct {
	program, manifest string
	rows              []row
	bytes             int64
}

func newJob(t *testing.T, f form) *job {
	t.Helper()
	dir := t.TempDir()
	j := &job{program: build(t, dir), manifest: filepath.Join(dir, "rows.jsonl")}
	large := filepath.Join(dir, "large.bin")
	writeLarge(t, large, f.large)
	listed := listing(t, j.program)
	if len(listed) < f.files {
		t.Fatalf("the Go installation has %d files, want %d", len(listed), f.files)
	}
	j.rows = append([]row{{Source: large, Key: "large.bin", Size: f.large}}, spread(listed, f.files)...)
	j.write(t)
	return j
}

// build returns the program, made of this repository.
func build(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "ingest.exe")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/ingest")
	cmd.Dir = filepath.Join("..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v: %s", err, out)
	}
	return path
}

// writeLarge writes a file no two parts of which are the same.
func writeLarge(t *testing.T, path string, size int64) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(file, rand.NewChaCha8([32]byte{1}), size); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// listing is the Go installation, as the program lists it.
func listing(t *testing.T, program string) []row {
	t.Helper()
	root := bytes.TrimSpace(output(t, "go", "env", "GOROOT"))
	var rows []row
	lines := json.NewDecoder(bytes.NewReader(output(t, program, "manifest", "--absolute", string(root))))
	for lines.More() {
		var r row
		if err := lines.Decode(&r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

func output(t *testing.T, program string, args ...string) []byte {
	t.Helper()
	out, err := exec.Command(program, args...).Output()
	if err != nil {
		t.Fatalf("%s %q: %v", program, args, err)
	}
	return out
}

// spread returns n of the rows, from all over, so that few of them are of all sizes too.
func spread(rows []row, n int) []row {
	chosen := make([]row, n)
	for i := range chosen {
		chosen[i] = rows[i*len(rows)/n]
	}
	return chosen
}

func (j *job) write(t *testing.T) {
	t.Helper()
	var text bytes.Buffer
	lines := json.NewEncoder(&text)
	for _, r := range j.rows {
		j.bytes += r.Size
		if err := lines.Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(j.manifest, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
