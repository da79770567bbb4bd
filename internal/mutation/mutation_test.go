package mutation

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// mutation is a check taken out of a file.
type mutation struct {
	rule  string // the promise: what would break without the check
	file  string // from the repository's root
	check string // a text that is in the file once
	gone  string // what stands there instead
	guard string // the test that must fail, or a subtest of it behind a slash
	in    string // the guard's package, from the repository's root
}

const (
	root = "../.."

	// nested is the module of the tests that need foreign clients. Its packages are tested from there.
	nested = "test"

	// patience is how long a guard may take: one that waits for what the check would have ended fails by that.
	patience = "45s"
)

func TestEveryCheckIsWhereTheListSays(t *testing.T) {
	for _, m := range mutations {
		source, err := os.ReadFile(filepath.Join(root, m.file))
		if err != nil {
			t.Errorf("%s: %v", m.rule, err)
			continue
		}
		if n := strings.Count(string(source), m.check); n != 1 {
			t.Errorf("%s: %q is there %d times, want once (%s)", m.file, m.check, n, m.rule)
		}
	}
}

func TestEveryGuardExists(t *testing.T) {
	for _, m := range mutations {
		name, _, _ := strings.Cut(m.guard, "/")
		found := regexp.MustCompile(`(?m)^func ` + name + `\(\w+ \*testing\.T\)`)
		if !inTestsOf(t, m.in, found) {
			t.Errorf("%s has no test %s (%s)", m.in, name, m.rule)
		}
	}
}

func inTestsOf(t *testing.T, pkg string, wanted *regexp.Regexp) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, pkg, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if wanted.Match(source) {
			return true
		}
	}
	return false
}

func TestEveryPromiseHasItsOwnName(t *testing.T) {
	seen := make(map[string]bool, len(mutations))
	for _, m := range mutations {
		if seen[m.rule] || strings.Contains(m.rule, "/") {
			t.Errorf("%q is there twice, or cannot name a subtest", m.rule)
		}
		seen[m.rule] = true
	}
}

// TestWithoutACheckItsGuardFails takes a while: it builds and runs a test for each check. INGEST_MUTATE=1 asks for it,
// another value picks the promises and the files that contain it. Before, it has each guard pass with the check there.
// As many guards run at a time as there are processors, or as -parallel says: more would make those wait that have to
// do with time.
func TestWithoutACheckItsGuardFails(t *testing.T) {
	wanted := os.Getenv("INGEST_MUTATE")
	if wanted == "" {
		t.Skip("long: set INGEST_MUTATE=1, or run make mutate")
	}
	picked, began := pick(wanted), time.Now()
	var caught atomic.Int64
	t.Run("there", func(t *testing.T) { control(t, picked) })
	t.Run("gone", func(t *testing.T) {
		for _, m := range picked {
			t.Run(m.rule, func(t *testing.T) {
				t.Parallel()
				if m.missed(t) {
					caught.Add(1)
				}
			})
		}
	})
	t.Logf("%d of %d checks are missed when they are gone; %v", caught.Load(), len(picked), time.Since(began).Round(time.Second))
}

func pick(wanted string) (picked []mutation) {
	for _, m := range mutations {
		if wanted == "1" || strings.Contains(m.rule, wanted) || strings.Contains(m.file, wanted) {
			picked = append(picked, m)
		}
	}
	return picked
}

// missed reports whether the guard fails with the check gone.
func (m mutation) missed(t *testing.T) bool {
	t.Helper()
	out, err := m.run(t)
	switch {
	case err == nil && strings.Contains(out, "no tests to run"):
		t.Errorf("%s: no test %s", m.in, m.guard)
	case err == nil:
		t.Errorf("%s: without %q %s still passes", m.file, m.check, m.guard)
	case strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]"):
		t.Errorf("%s: what stands instead of %q does not build:\n%s", m.file, m.check, out)
	default:
		return true
	}
	return false
}

// run runs the guard with the check gone.
func (m mutation) run(t *testing.T) (string, error) {
	t.Helper()
	return goTest(t, m.in, m.pattern(), "-overlay="+m.overlay(t))
}

// goTest runs tests of a package: without the race detector, which would take three times as long to say the same, and
// without tables for a debugger, which take a good part of the linking.
func goTest(t *testing.T, pkg, pattern string, more ...string) (string, error) {
	t.Helper()
	dir := root
	if below, ok := strings.CutPrefix(pkg, nested+"/"); ok {
		dir, pkg = filepath.Join(root, nested), below
	}
	args := []string{"test", "-count=1", "-race=false", "-vet=off", "-ldflags=-s -w", "-timeout=" + patience, "-run=" + pattern}
	cmd := exec.CommandContext(t.Context(), "go", append(append(args, more...), "./"+pkg)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// pattern picks the guard and no other test whose name begins like it.
func (m mutation) pattern() string {
	names := strings.Split(m.guard, "/")
	for i, name := range names {
		names[i] = "^" + name + "$"
	}
	return strings.Join(names, "/")
}

// overlay returns the name of a file that tells the compiler of the changed one.
func (m mutation) overlay(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(root, m.file))
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), filepath.Base(m.file))
	list, err := json.Marshal(map[string]map[string]string{"Replace": {path: changed}})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	for name, data := range map[string][]byte{
		changed: []byte(strings.Replace(string(source), m.check, m.gone, 1)), overlay: list,
	} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return overlay
}
