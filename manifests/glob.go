package manifests

import (
	"fmt"
	"path"
	"strings"
)

// glob is a pattern for slash paths: each segment as in path.Match, and "**" for any number of segments, none
// included. "*.csv" matches in the top directory only, "**/*.csv" in all of them, "tmp/**" tmp and all below it.
type glob []string

// parseGlobs fails if a pattern is malformed.
func parseGlobs(patterns []string) ([]glob, error) {
	globs := make([]glob, len(patterns))
	for i, p := range patterns {
		globs[i] = strings.Split(p, "/")
		for _, segment := range globs[i] {
			if _, err := path.Match(segment, ""); err != nil {
				return nil, fmt.Errorf("pattern %q: %w", p, err)
			}
		}
	}
	return globs, nil
}

// match reports whether the pattern covers the whole path. Where a "**" was passed, a mismatch lets it swallow one
// segment more and tries again; only the last "**" need be tried, so that the work is at most the product of both
// lengths.
func (g glob) match(name string) bool {
	segments := strings.Split(name, "/")
	g, after, from := g, glob(nil), 0
	for i := 0; ; {
		switch {
		case len(g) > 0 && g[0] == "**":
			g = g[1:]
			after, from = g, i
		case i == len(segments) && len(g) == 0:
			return true
		case i < len(segments) && len(g) > 0 && matchSegment(g[0], segments[i]):
			g, i = g[1:], i+1
		case after != nil && from < len(segments):
			from++
			g, i = after, from
		default:
			return false
		}
	}
}

func matchSegment(pattern, segment string) bool {
	ok, _ := path.Match(pattern, segment) // the pattern was checked
	return ok
}

func matchAny(globs []glob, name string) bool {
	for _, g := range globs {
		if g.match(name) {
			return true
		}
	}
	return false
}
