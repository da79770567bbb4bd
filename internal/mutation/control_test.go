package mutation

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// slow is how long a guard may take with its check there. It runs each time somebody looks whether the check is missed.
const slow = 20 * time.Second

// patienceOfAll is how long the guards of one package may take together.
const patienceOfAll = "10m"

// batch is the guards that one call of go test runs: those of a package, or the subtests of one of its tests.
type batch struct{ in, parent string }

// control has every guard pass while the checks are there: one that fails, or is skipped, would say nothing when they
// are gone.
func control(t *testing.T, picked []mutation) {
	t.Helper()
	for b, guards := range batches(picked) {
		t.Run(b.in+" "+b.parent, func(t *testing.T) {
			t.Parallel()
			out, err := goTest(t, b.in, b.pattern(slices.Collect(maps.Keys(guards))), "-v", "-timeout="+patienceOfAll)
			if err != nil {
				t.Errorf("with every check there: %v\n%s", err, failures(out))
			}
			for name := range guards {
				b.expect(t, out, name)
			}
		})
	}
}

func batches(picked []mutation) map[batch]map[string]bool {
	all := make(map[batch]map[string]bool)
	for _, m := range picked {
		b, name := batch{in: m.in}, m.guard
		if parent, sub, ok := strings.Cut(m.guard, "/"); ok {
			b.parent, name = parent, sub
		}
		if all[b] == nil {
			all[b] = make(map[string]bool)
		}
		all[b][name] = true
	}
	return all
}

func (b batch) pattern(names []string) string {
	pattern := "^(" + strings.Join(names, "|") + ")$"
	if b.parent != "" {
		pattern = "^" + b.parent + "$/" + pattern
	}
	return pattern
}

// expect wants the guard to have passed, in its time.
func (b batch) expect(t *testing.T, out, name string) {
	t.Helper()
	if b.parent != "" {
		name = b.parent + "/" + name
	}
	passed := regexp.MustCompile(`(?m)^ *--- PASS: ` + regexp.QuoteMeta(name) + ` \((.*)\)$`).FindStringSubmatch(out)
	if passed == nil {
		t.Errorf("%s: %s does not pass with every check there", b.in, name)
		return
	}
	if took, err := time.ParseDuration(passed[1]); err != nil || took > slow {
		t.Errorf("%s: %s takes %s: find a quicker guard", b.in, name, passed[1])
	}
}

// failures are the lines around what failed: the rest of a package's output says nothing.
func failures(out string) string {
	if i := strings.Index(out, "--- FAIL"); i >= 0 {
		return out[i:min(len(out), i+4000)]
	}
	return out[max(0, len(out)-4000):]
}
