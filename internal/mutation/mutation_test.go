package mutation

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// mutation is a check taken out of a file.
type mutation struct {
	rule  string // the promise: what would break without the check
	file  string // from the module's root
	check string // a text that is in the file once
	gone  string // what stands there instead
	guard string // the test that must fail, as -run takes it
	in    string // the guard's package, from the module's root
}

const root = "../.."

func TestEveryCheckIsWhereTheListSays(t *testing.T) {
	for _, m := range mutations {
		source, err := os.ReadFile(filepath.Join(root, m.file))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(source), m.check); n != 1 {
			t.Errorf("%s: %q is there %d times, want once (%s)", m.file, m.check, n, m.rule)
		}
	}
}

func TestEveryGuardExists(t *testing.T) {
	for _, m := range mutations {
		name, _, _ := strings.Cut(m.guard, "/")
		found := regexp.MustCompile(`(?m)^func ` + name + `\(t \*testing\.T\)`)
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

// TestWithoutACheckItsGuardFails takes a while: it builds and runs a test for each check. INGEST_MUTATE=1 asks for it,
// another value picks the promises that contain it.
func TestWithoutACheckItsGuardFails(t *testing.T) {
	wanted := os.Getenv("INGEST_MUTATE")
	if wanted == "" {
		t.Skip("long: set INGEST_MUTATE=1, or run make mutate")
	}
	caught := 0
	for _, m := range mutations {
		if wanted != "1" && !strings.Contains(m.rule, wanted) {
			continue
		}
		t.Run(m.rule, func(t *testing.T) {
			out, err := m.run(t)
			switch {
			case err == nil:
				t.Errorf("%s: without %q %s still passes", m.file, m.check, m.guard)
			case strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]"):
				t.Errorf("%s: what stands instead of %q does not build:\n%s", m.file, m.check, out)
			case strings.Contains(out, "no tests to run"):
				t.Errorf("%s: no test %s", m.in, m.guard)
			default:
				caught++
			}
		})
	}
	t.Logf("%d of %d checks are missed when they are gone", caught, len(mutations))
}

// run runs the guard with the check gone.
func (m mutation) run(t *testing.T) (string, error) {
	t.Helper()
	overlay := m.overlay(t)
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-timeout=90s", "-overlay="+overlay, "-run=^"+m.guard+"$", "./"+m.in)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	return string(out), err
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
