package architecture

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/ingest-dev/ingest/"

// knows lists, for each package, whom of ours its production code may import. What lies below a package's
// internal folder belongs to it, and is not asked about.
var knows = map[string][]string{
	"hasher":      {},
	"reader":      {},
	"manifests":   {},
	"journal":     {"hasher"},
	"checkpoints": {},
	"sender":      {"hasher"},
	"sender/oss":  {"hasher", "sender"},

	"sender/oss/credentials": {"sender", "sender/oss"},

	"sender/s3":         {"hasher", "sender"},
	"sender/dir":        {"hasher", "sender"},
	"devstore":          {"devstore/fault", "hasher"},
	"devstore/fault":    {},
	"pipeline":          {"hasher", "journal", "manifests", "reader", "sender"},
	"cmd/ingest":        {"bench", "bench/tune", "checkpoints", "devstore", "journal", "manifests", "pipeline", "reader", "sender", "sender/dir", "sender/oss", "sender/oss/credentials", "sender/s3"},
	"bench":             {"hasher", "reader", "sender"},
	"bench/rows":        {"hasher", "journal", "manifests"},
	"sender/sendertest": {"hasher", "sender"},

	"internal/faultproxy": {},
	"internal/mutation":   {},
}

// only lists modules that but one package may know.
var only = map[string]string{
	"github.com/sourcegraph/conc":   "pipeline",
	"github.com/rs/zerolog":         "cmd/ingest",
	"github.com/dustin/go-humanize": "cmd/ingest",
	"github.com/spf13/cobra":        "cmd/ingest",
	"github.com/vbauerster/mpb":     "cmd/ingest",
	"golang.org/x/term":             "cmd/ingest",
}

// testOnly lists what production code never imports.
var testOnly = []string{"testing", module + "sender/sendertest", module + "internal/faultproxy", "go.uber.org/goleak", "pgregory.net/rapid", "github.com/rogpeppe/go-internal"}

func TestPackagesKnowOnlyWhomTheyMay(t *testing.T) {
	for file, imports := range productionImports(t, "../..") {
		owner := ownerOf(path.Dir(file))
		may, listed := knows[owner]
		if !listed {
			t.Errorf("%s: package %q is not in the picture of the architecture", file, owner)
			continue
		}
		for _, imported := range imports {
			ours, isOurs := strings.CutPrefix(imported, module)
			if isOurs && ownerOf(ours) != owner && !slices.Contains(may, ours) && !sharedBelow(owner, ours) {
				t.Errorf("%s: %s may not know %s", file, owner, ours)
			}
		}
	}
}

func TestModulesStayWithTheirPackage(t *testing.T) {
	for file, imports := range productionImports(t, "../..") {
		for _, imported := range imports {
			for m, owner := range only {
				if (imported == m || strings.HasPrefix(imported, m+"/")) && ownerOf(path.Dir(file)) != owner {
					t.Errorf("%s: only %s may know %s", file, owner, m)
				}
			}
		}
	}
}

func TestTestHelpersStayInTests(t *testing.T) {
	for file, imports := range productionImports(t, "../..") {
		for _, imported := range imports {
			helper := slices.ContainsFunc(testOnly, func(m string) bool { return imported == m || strings.HasPrefix(imported, m+"/") })
			if helper && !strings.HasPrefix(file, "sender/sendertest/") {
				t.Errorf("%s: production code imports %s", file, imported)
			}
		}
	}
}

// ownerOf is the package that a folder belongs to.
func ownerOf(folder string) string {
	if _, listed := knows[folder]; listed {
		return folder
	}
	for owner := range knows {
		if rest, ok := strings.CutPrefix(folder, owner+"/"); ok && (strings.HasPrefix(rest, "internal/") || owner == "bench") {
			return owner
		}
	}
	return folder
}

// sharedBelow reports whether imported lies in an internal folder that owner is below of, too.
func sharedBelow(owner, imported string) bool {
	parent, _, ok := strings.Cut(imported, "/internal/")
	return ok && strings.HasPrefix(owner, parent+"/")
}

// productionImports returns what each Go file of the module imports, tests and nested modules left out.
func productionImports(t *testing.T, root string) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && skipped(name):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		files[name] = []string{}
		for _, spec := range f.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			files[name] = append(files[name], imported)
		}
		return nil
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return files
}

func skipped(folder string) bool {
	return slices.Contains([]string{"test", "tools", "demo", "internal/architecture"}, folder) ||
		strings.HasPrefix(path.Base(folder), ".") && folder != "." || path.Base(folder) == "testdata"
}
