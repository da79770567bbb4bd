//go:build unix

package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// workbench is a directory to run command lines in, as a shell does.
type workbench struct {
	*testing.T
	dir string
}

func newWorkbench(t *testing.T) *workbench {
	b := &workbench{t, t.TempDir()}
	for name, data := range map[string][]byte{
		"in/rows.txt": []byte("deep/large\nsmall\n"), "in/deep/large": make([]byte, 3<<20), "in/small": []byte("x"),
	} {
		path := filepath.Join(b.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// shell runs a script in the directory and returns what it prints and the exit code.
func (b *workbench) shell(script string) (string, int) {
	b.Helper()
	cmd := exec.CommandContext(patient(b.T), "sh", "-c", script)
	cmd.Dir = b.dir
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), canary) {
		b.Error("the secret is in what was printed")
	}
	if err != nil && cmd.ProcessState == nil {
		b.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// TestWhatIsWrittenIsForItsOwnerAlone walks all that the commands leave, written without a umask in a directory that
// hands its group down.
func TestWhatIsWrittenIsForItsOwnerAlone(t *testing.T) {
	b := newWorkbench(t)
	startStore(t, nil)
	out := filepath.Join(b.dir, "out")
	if err := os.Mkdir(out, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(out, os.ModeSetgid|0o777); err != nil {
		t.Fatal(err)
	}
	for _, script := range []string{
		"ingest run in/rows.txt --to oss://demo/x --journal out/j1 --keep-journal --report out/r1 --part-size 1MiB",
		"ingest run in/rows.txt --to file://$PWD/out/dir --journal out/j2 --keep-journal --report out/r2 --part-size 1MiB",
		"ingest put in/small file://$PWD/out/put/ --journal out/j3 --keep-journal",
		"printf garbage >> out/j1; printf 'x' | dd of=out/j1 bs=1 seek=200 conv=notrunc status=none; ingest run in/rows.txt --to oss://demo/x --journal out/j1 --keep-journal --report out/r1",
		"ingest run in/rows.txt --to file://$PWD/out/torn --journal out/j4 --part-size 1MiB --limit-rate 1MiB & sleep 1; kill -9 $!; wait; true",
		"ingest serve out/served --addr 127.0.0.1:0 > settings 2> ready & P=$!; while ! grep -q ready ready; do sleep 0.05; done; . ./settings; ingest run in/rows.txt --to oss://demo/x --journal out/j5 --keep-journal --part-size 1MiB; C=$?; kill $P; wait; exit $C",
	} {
		if text, code := b.shell("umask 000; " + script); code != exitDone {
			t.Fatalf("%s: exit %d: %s", script, code, text)
		}
	}
	seen := map[string]bool{}
	err := filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == out {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %v, want %v", path, got, want)
		}
		seen[filepath.Base(path)] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"j1", "j1.corrupt", "r1", "j2", "r2", "large", "small", "j3", "j4", "j4.lock", ".ingest", "j5"} {
		if !seen[name] {
			t.Errorf("%s was not made: nothing is known of it", name)
		}
	}
}
