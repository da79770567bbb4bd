package manifests_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/manifests"
)

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// tree makes a directory with these files; each holds its own name.
func tree(tb testing.TB, names ...string) string {
	tb.Helper()
	dir := tb.TempDir()
	for _, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(name))
		must(tb, os.MkdirAll(filepath.Dir(path), 0o700))
		must(tb, os.WriteFile(path, []byte(name), 0o600))
	}
	return dir
}

// walk returns the sources that a walk lists.
func walk(tb testing.TB, dir string, o manifests.WalkOptions) []string {
	tb.Helper()
	var b strings.Builder
	_, err := manifests.Walk(tb.Context(), dir, &b, o)
	must(tb, err)
	return sourcesOf(tb, b.String())
}

func sourcesOf(tb testing.TB, text string) (sources []string) {
	tb.Helper()
	for _, r := range read(tb, write(tb, "m.jsonl", text), manifests.Options{}) {
		sources = append(sources, r.Source)
	}
	return sources
}

// special collects what Special is told, below dir.
func special(dir string, got *[]string) func(path, kind string) {
	return func(path, kind string) {
		rel, _ := filepath.Rel(dir, path)
		*got = append(*got, filepath.ToSlash(rel)+" "+kind)
	}
}

func TestWalkListsInTheOrderOfTheFileSystem(t *testing.T) {
	names := []string{"a", "a-b", "a.d/x", "a.txt", "b/c/d", "b/c.d", "b0", "é", ".hidden/f", "B", "with \"quotes\\"}
	if runtime.GOOS == "windows" {
		names = names[:len(names)-1]
	}
	want := slices.Sorted(slices.Values(names))
	if got := walk(t, tree(t, names...), manifests.WalkOptions{}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWalkWritesAManifestThatDoesNotRun(t *testing.T) {
	dir := tree(t, "a", "d/line\nbreak", "d/#e", "d/ f ")
	for _, absolute := range []bool{false, true} {
		var b strings.Builder
		s, err := manifests.Walk(t.Context(), dir, &b, manifests.WalkOptions{Absolute: absolute})
		must(t, err)
		o := manifests.Options{Root: dir}
		if absolute {
			o.Root = t.TempDir()
		}
		rows := read(t, write(t, "m.jsonl", b.String()), o)
		if s.Rows != 4 || s.Sized != 4 || s.Bytes != 1+12+4+5 || len(rows) != 4 {
			t.Errorf("summary %+v of %d rows", s, len(rows))
		}
		for _, r := range rows {
			text, err := os.ReadFile(r.Path)
			if err != nil || string(text) != r.Key || r.Size != int64(len(text)) {
				t.Errorf("%+v: %q, %v", r, text, err)
			}
		}
	}
}

func TestWalkPatternsChooseTheWrongFiles(t *testing.T) {
	dir := tree(t, "a.csv", "a.txt", "d/b.csv", "d/tmp/c.csv", "tmp/d.csv", "tmp.csv")
	for _, c := range []struct{ include, exclude, want string }{
		{"", "", "a.csv a.txt d/b.csv d/tmp/c.csv tmp.csv tmp/d.csv"},
		{"*.csv", "", "a.csv tmp.csv"},
		{"**/*.csv", "", "a.csv d/b.csv d/tmp/c.csv tmp.csv tmp/d.csv"},
		{"d/**", "", "d/b.csv d/tmp/c.csv"},
		{"", "tmp", "a.csv a.txt d/b.csv d/tmp/c.csv tmp.csv"},
		{"", "**/tmp", "a.csv a.txt d/b.csv tmp.csv"},
		{"**/*.csv", "**/tmp/**", "a.csv d/b.csv tmp.csv"},
	} {
		var o manifests.WalkOptions
		if c.include != "" {
			o.Include = []string{"none", c.include}
		}
		if c.exclude != "" {
			o.Exclude = []string{"none", c.exclude}
		}
		if got := strings.Join(walk(t, dir, o), " "); got != c.want {
			t.Errorf("include %q, exclude %q: got %s, want %s", c.include, c.exclude, got, c.want)
		}
	}
	if _, err := manifests.Walk(t.Context(), dir, &strings.Builder{}, manifests.WalkOptions{Include: []string{"a/[b"}}); err == nil {
		t.Error("a malformed pattern is taken")
	}
}

func TestWalkListsItsOwnOutput(t *testing.T) {
	dir := tree(t, "a", "z")
	f, err := os.Create(filepath.Join(dir, "m.jsonl"))
	must(t, err)
	var got []string
	s, err := manifests.Walk(t.Context(), dir, f, manifests.WalkOptions{Special: special(dir, &got)})
	must(t, errors.Join(err, f.Close()))
	if s.Rows != 2 || !reflect.DeepEqual(got, []string{"m.jsonl output"}) {
		t.Errorf("%d rows, %q", s.Rows, got)
	}
}

func TestWalkGoesOnAfterItsEnd(t *testing.T) {
	dir := tree(t, "a", "b")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := manifests.Walk(ctx, dir, &strings.Builder{}, manifests.WalkOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := manifests.Walk(t.Context(), filepath.Join(dir, "a"), &strings.Builder{}, manifests.WalkOptions{}); err == nil {
		t.Error("a file is walked")
	}
	full := errors.New("disk full")
	if _, err := manifests.Walk(t.Context(), dir, failing{full}, manifests.WalkOptions{}); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
