package manifests_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/manifests"
)

// checked opens a manifest and wants nothing to be wrong with it.
func checked(tb testing.TB, path string, o manifests.Options) (*manifests.Manifest, manifests.Summary) {
	tb.Helper()
	m, err := manifests.Open(path, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = m.Close() })
	s, err := m.Check(tb.Context(), manifests.Check{})
	if err != nil {
		tb.Fatal(err)
	}
	return m, s
}

// Every choice of rows is left out of every shape of text; the others keep their numbers, lines and fields.
func TestARowThatIsLeftOutMovesTheOthers(t *testing.T) {
	long := strings.Repeat("x", 900)
	for name, text := range map[string]string{
		"list.txt":   "# first\n\na\n \t\n#x\nb\n" + long + "\n\n./#d\n \n",
		"crlf.txt":   "\ufeffa\r\n\r\n#c\r\nb\r\nc\r\nd",
		"m.csv":      "\ufeffsource,key,tags.t\r\n\r\n\"a,\"\"1\",x,\r\n \r\nb,\"#y\",v\r\n#c,,\r\nd,,w",
		"m.jsonl":    "\n{\"source\":\"a\",\"tags\":{\"k\":\"v\"}}\n\n \t\n{\"source\":\"b\"}\r\n{\"source\":\"#c\",\"metadata\":{\"k\":\"v\"}}\n{\"source\":\"\\u0064\"}",
		"m.txt.gz":   zipped("a\n#\nb\n\nc\nd\n"),
		"m.txt.zst":  zstandard("a\n#\nb\n\nc\nd\n"),
		"m.csv.zst":  zstandard("key,source\n,a\n,b\n\n,c\n,d\n"),
		"m.jsonl.gz": zipped("{\"source\":\"a\"}\n\n{\"source\":\"b\"}\n{\"source\":\"c\"}\n{\"source\":\"d\"}\n"),
	} {
		m, _ := checked(t, write(t, name, text), manifests.Options{})
		all := rowsOf(t, m)
		if len(all) != 4 {
			t.Fatalf("%s has %d rows", name, len(all))
		}
		for choice := range 1 << len(all) {
			var want, got []*manifests.Row
			for i, r := range all {
				if choice>>i&1 == 0 {
					want = append(want, r)
				}
			}
			for r, err := range m.RowsBut(t.Context(), func(n int64) bool { return choice>>(n-1)&1 == 1 }) {
				if err != nil {
					t.Fatalf("%s without %04b: %v", name, choice, err)
				}
				got = append(got, r.Clone())
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s without %04b: got %v, want %v", name, choice, got, want)
			}
		}
	}
}

func TestASingleFileIsNotLeftOut(t *testing.T) {
	for r, err := range manifests.Single("a", "k").RowsBut(t.Context(), func(int64) bool { return true }) {
		t.Error(r, err)
	}
}

// Rows that are not decoded are still read: a change of one byte of them is found at the end.
func TestAChangeOfARowThatIsLeftOutIsNotNoticed(t *testing.T) {
	path := write(t, "m.txt", "a\nb\n")
	m, summary := checked(t, path, manifests.Options{})
	again, err := manifests.Open(path, manifests.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if _, ok := again.Recall(t.Context(), recalling(summary)); !ok {
		t.Fatal("the same text is not recalled")
	}
	if err := rewrite(path, "a\nc\n"); err != nil {
		t.Fatal(err)
	}
	for what, m := range map[string]*manifests.Manifest{"checked": m, "recalled": again} {
		var last error
		for _, err := range m.RowsBut(t.Context(), func(int64) bool { return true }) {
			last = err
		}
		if !errors.Is(last, manifests.ErrChanged) {
			t.Errorf("%s: got %v", what, last)
		}
	}
}

func recalling(s manifests.Summary, names ...string) manifests.Recall {
	return manifests.Recall{
		Rows: s.Rows, Names: names, Known: func(digest [16]byte) bool { return digest == s.Digest },
	}
}

func TestAnotherTextIsRecalled(t *testing.T) {
	const text = "{\"source\":\"a\",\"size\":5}\n{\"source\":\"b\"}\n"
	_, summary := checked(t, write(t, "m.jsonl", text), manifests.Options{})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		what, name, text string
		o                manifests.Options
		ctx              context.Context
		want             bool
	}{
		{"the same", "m.jsonl", text, manifests.Options{}, t.Context(), true},
		{"compressed", "m.gz", zipped(text), manifests.Options{}, t.Context(), true},
		{"one byte", "m.jsonl", strings.Replace(text, "b", "c", 1), manifests.Options{}, t.Context(), false},
		{"longer", "m.jsonl", text + "\n", manifests.Options{}, t.Context(), false},
		{"cut short", "m.gz", zipped(text)[:30], manifests.Options{Format: manifests.JSONL}, t.Context(), false},
		{"without its end", "m.gz", zipped(text)[:len(zipped(text))-4], manifests.Options{}, t.Context(), false},
		{"another format", "m.txt", text, manifests.Options{Format: manifests.List}, t.Context(), false},
		{"other defaults", "m.jsonl", text, manifests.Options{Defaults: &manifests.Row{ACL: "private"}}, t.Context(), false},
		{"its end", "m.jsonl", text, manifests.Options{}, ended, false},
	} {
		m, err := manifests.Open(write(t, c.name, c.text), c.o)
		if err != nil {
			t.Fatal(c.what, err)
		}
		got, ok := m.Recall(c.ctx, recalling(summary))
		if want := (manifests.Summary{Rows: 2, Digest: summary.Digest}); ok != c.want || ok && got != want {
			t.Errorf("%s: %v, %+v", c.what, ok, got)
		}
		_ = m.Close()
	}
}

// The rows are decoded later, from the same file: what was read of it must still be what is there.
func TestManifestThatChangesWhileItIsReadIsRecalled(t *testing.T) {
	path := write(t, "m.txt", "a\nb\n")
	m, summary := checked(t, path, manifests.Options{})
	change := func(digest [16]byte) bool {
		if err := os.WriteFile(path, []byte("a\nb\nc\n"), 0o600); err != nil {
			t.Error(err)
		}
		return digest == summary.Digest
	}
	if _, ok := m.Recall(t.Context(), manifests.Recall{Rows: 2, Known: change}); ok {
		t.Error("a manifest is recalled that has changed since")
	}
}

// A name may stand where two blocks meet, and be written in every way that its format has.
func TestANameIsOverlooked(t *testing.T) {
	var b strings.Builder
	for i := range 150_000 {
		_, _ = fmt.Fprintf(&b, "%09d\n", i)
	}
	filler := b.String()
	for _, c := range []struct {
		what, file, text, name string
		want                   bool // recalled
	}{
		{"list", "m.txt", "a\nx/own.log\nb\n", "own.log", false},
		{"not there", "m.txt", "a\nx/other.log\nb\n", "own.log", true},
		{"CSV", "m.csv", "source\n\"own.log\"\n", "own.log", false},
		{"JSON", "m.jsonl", `{"source":"x/own.log"}`, "own.log", false},
		{"JSON, escaped", "m.jsonl", `{"source":"x/\u006fwn.log"}`, "own.log", false},
		{"JSON, a name that is not ASCII", "m.jsonl", `{"source":"x/\u00fc.log"}`, "ü.log", false},
		{"JSON, another that is not ASCII", "m.jsonl", `{"source":"x/\u00fc\u4e2d.log"}`, "own.log", true},
		{"JSON, compressed", "m.jsonl.gz", zipped(`{"source":"x/own.log"}`), "own.log", false},
		{"a quote in it", "m.csv", "source\n\"o\"\"wn\"\n", `o"wn`, false},
		{"a backslash in it", "m.jsonl", `{"source":"o\\wn"}`, `o\wn`, false},
		{"a tab in it", "m.jsonl", `{"source":"o\twn"}`, "o\twn", false},
		{"at the end", "m.txt", filler + "own.log", "own.log", false},
	} {
		m, summary := checked(t, write(t, c.file, c.text), manifests.Options{})
		if _, ok := m.Recall(t.Context(), recalling(summary, "never", c.name)); ok != c.want {
			t.Errorf("%s: recalled: %v", c.what, ok)
		}
	}
	const block = 1 << 20
	for before := block - 9; before <= block+1; before++ {
		text := slices.Concat([]byte(filler[:before-1]), []byte("\nown.log\n"), []byte(filler[before:before+10]))
		m, err := manifests.Open(write(t, "m.txt", string(text)), manifests.Options{})
		if err != nil {
			t.Fatal(err)
		}
		anything := manifests.Recall{Rows: 1, Names: []string{"own.log"}, Known: func([16]byte) bool { return true }}
		if _, ok := m.Recall(t.Context(), anything); ok {
			t.Errorf("overlooked behind %d bytes", before)
		}
		_ = m.Close()
	}
}
