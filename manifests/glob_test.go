package manifests

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAPatternMatchesTheWrongPaths(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"*", "a", true}, {"*", "a/b", false}, {"a/*", "a/b", true}, {"a?", "ab", true}, {"[a-c]", "b", true},
		{"**", "a/b/c", true}, {"**/c", "c", true}, {"**/c", "a/b/c", true}, {"**/c", "a/c/b", false},
		{"a/**", "a", true}, {"a/**", "a/b/c", true}, {"a/**", "ab", false}, {"a/**/d", "a/d", true},
		{"a/**/c/**/e", "a/b/c/c/d/e", true}, {"a/**/c/**/e", "a/b/d/e", false}, {"**/**", "a", true},
		{"a**", "ab", true}, {"a**", "a/b", false}, {"", "a", false}, {"a/", "a", false},
	} {
		g, err := parseGlobs([]string{c.pattern})
		if err != nil || g[0].match(c.name) != c.want {
			t.Errorf("%q on %q: want %v, err %v", c.pattern, c.name, c.want, err)
		}
	}
}

// simple is the plain recursion, exponential as it is.
func simple(g, segments []string) bool {
	switch {
	case len(g) == 0:
		return len(segments) == 0
	case g[0] == "**":
		return simple(g[1:], segments) || len(segments) > 0 && simple(g, segments[1:])
	}
	return len(segments) > 0 && matchSegment(g[0], segments[0]) && simple(g[1:], segments[1:])
}

func TestThePatternMatcherDiffersFromTheSimpleOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.SliceOfN(rapid.SampledFrom([]string{"**", "*", "a", "b"}), 1, 7).Draw(t, "pattern")
		name := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 1, 9).Draw(t, "name")
		if glob(pattern).match(strings.Join(name, "/")) != simple(pattern, name) {
			t.Fatal("they differ")
		}
	})
}

func TestAPatternTakesForever(t *testing.T) {
	g := glob(strings.Split(strings.Repeat("**/a/", 50)+"b", "/"))
	start := time.Now()
	if g.match(strings.Repeat("a/", 2000)+"a") || time.Since(start) > 5*time.Second {
		t.Errorf("took %v", time.Since(start))
	}
}
