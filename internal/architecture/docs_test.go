package architecture

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	named   = regexp.MustCompile("`(Test[A-Z][A-Za-z0-9]+)`")
	defined = regexp.MustCompile(`(?m)^func (Test[A-Z][A-Za-z0-9]+)\(t \*testing\.T\)`)
)

// A page that names a test must not outlive it.
func TestTestsThatTheDocumentsNameExist(t *testing.T) {
	tests := map[string]bool{}
	eachFile(t, "_test.go", func(_ string, text []byte) {
		for _, m := range defined.FindAllSubmatch(text, -1) {
			tests[string(m[1])] = true
		}
	})
	eachFile(t, ".md", func(path string, text []byte) {
		for _, m := range named.FindAllSubmatch(text, -1) {
			if !tests[string(m[1])] {
				t.Errorf("%s names %s, which does not exist", path, m[1])
			}
		}
	})
}

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// What the README shows of Go is run as an example.
func TestGoOfTheReadmeIsNoExample(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := os.ReadFile("../../pipeline/example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	blocks := goBlock.FindAllSubmatch(readme, -1)
	for _, block := range blocks {
		if !strings.Contains(strings.ReplaceAll(string(examples), "\n\t", "\n"), "\n"+string(block[1])) {
			t.Errorf("no example of the package pipeline holds these lines:\n%s", block[1])
		}
	}
	if len(blocks) == 0 {
		t.Error("the README has no Go")
	}
}

// eachFile calls f with each file of the repository whose name ends so.
func eachFile(t *testing.T, suffix string, f func(path string, text []byte)) {
	t.Helper()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, suffix):
			return nil
		}
		text, err := os.ReadFile(path)
		if err == nil {
			f(path, text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
