package manifests_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/manifests"
)

func TestTheListOfMistakesIsEndless(t *testing.T) {
	text := strings.Repeat("{\n", 250)
	lines := strings.Split(mistakes(t, write(t, "m.jsonl", text), manifests.Options{}, manifests.Check{}), "\n")
	if len(lines) != 101 || lines[100] != "and 150 more" {
		t.Errorf("%d lines, the last is %s", len(lines), lines[len(lines)-1])
	}
	got := mistakes(t, write(t, "m.jsonl", text), manifests.Options{}, manifests.Check{Limit: 1})
	if !strings.HasSuffix(got, "\nand 249 more") || strings.Count(got, "\n") != 1 {
		t.Errorf("got %s", got)
	}
}

// Far more repeated keys than the second pass compares, and syntax errors among them.
func TestThousandsOfDuplicatesAreMiscounted(t *testing.T) {
	const rows = 30_000
	var b strings.Builder
	for i := range rows {
		_, _ = fmt.Fprintf(&b, "%d\n", i%3)
		if i == 4 {
			b.WriteString("x/\n")
		}
	}
	got := mistakes(t, write(t, "m.txt", b.String()), manifests.Options{}, manifests.Check{Limit: 4})
	want := `m.txt:4:1: the key "0" is that of line 1 already
m.txt:5:1: the key "1" is that of line 2 already
m.txt:6:1: source "x/" ends with a slash: a row names a file
m.txt:7:1: the key "2" is that of line 3 already
and ` + fmt.Sprint(rows-3+1-4) + " more"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestThePrefixHidesADuplicate(t *testing.T) {
	path := write(t, "m.csv", "source,key\na,\nb,a\n\u00e4,\na\u0308,\n")
	want := `m.csv:3:3: the key "p/a" is that of line 2 already`
	if got := mistakes(t, path, manifests.Options{Prefix: "p"}, manifests.Check{}); got != want {
		t.Errorf("got %s", got)
	}
}

func TestTheStoresRuleIsNotAsked(t *testing.T) {
	path := write(t, "m.jsonl", `{"source":"a"}`+"\n"+`{"source":"b","size":-1}`+"\n"+`{"source":"c"}`+"\n")
	asked := ""
	got := mistakes(t, path, manifests.Options{}, manifests.Check{Row: func(r *manifests.Row) error {
		if asked += r.Key; r.Key == "c" {
			return errors.New("no c here")
		}
		return nil
	}})
	want := `m.jsonl:2:22: size wants a whole number of bytes from 0 to 9223372036854775807, not "-1"` +
		"\nm.jsonl:3: no c here"
	if got != want || asked != "ac" {
		t.Errorf("asked for %s, got\n%s", asked, got)
	}
}

func TestASummaryIsWrong(t *testing.T) {
	text := "{\"source\":\"a\",\"size\":5}\n{\"source\":\"b\",\"size\":9223372036854775807}\n{\"source\":\"c\"}\n"
	digests := map[[16]byte][]string{}
	for _, c := range []struct {
		name, text string
		format     manifests.Format
	}{
		{"m.jsonl", text, manifests.Auto},
		{"n.jsonl.gz", zipped(text), manifests.Auto},
		{"o.zst", zstandard(text), manifests.JSONL},
		{"p.jsonl", text + "\n", manifests.Auto},
		{"q.txt", text, manifests.Auto},
	} {
		m, err := manifests.Open(write(t, c.name, c.text), manifests.Options{Format: c.format})
		if err != nil {
			t.Fatal(err)
		}
		s, err := m.Check(t.Context(), manifests.Check{})
		if err != nil || s.Rows != 3 {
			t.Error(s, err)
		}
		if m.Format() == manifests.JSONL && (s.Sized != 2 || s.Bytes != 1<<63-1) {
			t.Error(s)
		}
		digests[s.Digest] = append(digests[s.Digest], c.name)
		_ = m.Close()
	}
	if len(digests) != 3 {
		t.Errorf("want three digests: of the text, of the longer text, of the list; got %v", digests)
	}
}

func TestAChangeBetweenCheckAndRowsIsNotNoticed(t *testing.T) {
	for what, change := range map[string]func(path string) error{
		"longer":        func(path string) error { return os.WriteFile(path, []byte("a\nb\nc\n"), 0o600) },
		"cut":           func(path string) error { return os.Truncate(path, 2) },
		"of equal size": func(path string) error { return rewrite(path, "a\nc\n") },
	} {
		path := write(t, "m.txt", "a\nb\n")
		m, err := manifests.Open(path, manifests.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Check(t.Context(), manifests.Check{}); err != nil {
			t.Fatal(err)
		}
		if err := change(path); err != nil {
			t.Fatal(err)
		}
		var last error
		for _, err := range m.Rows(t.Context()) {
			last = err
		}
		if !errors.Is(last, manifests.ErrChanged) {
			t.Errorf("%s: got %v", what, last)
		}
		_ = m.Close()
	}
}

// rewrite changes a file's bytes and neither its size nor its time.
func rewrite(path, text string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Chtimes(path, info.ModTime(), info.ModTime())
}

// Renaming another file over the manifest is no change: the one that was opened is read to its end.
func TestAReplacedManifestIsMixed(t *testing.T) {
	path := write(t, "m.txt", "a\nb\n")
	m, err := manifests.Open(path, manifests.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	if err := os.Rename(write(t, "n.txt", "x\n"), path); err != nil {
		t.Skip(err)
	}
	if got := keys(rowsOf(t, m), filepath.Dir(path)); len(got) != 2 {
		t.Errorf("got %q", got)
	}
}

func TestAChangeWhileTheRowsAreReadIsNotNoticed(t *testing.T) {
	path := write(t, "m.txt", "a\nb\n")
	m, err := manifests.Open(path, manifests.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	var last error
	for r, err := range m.Rows(t.Context()) {
		if last = err; err == nil && r.Number == 1 {
			appendTo(t, path, "c\n")
		}
	}
	if !errors.Is(last, manifests.ErrChanged) {
		t.Errorf("got %v", last)
	}
}
