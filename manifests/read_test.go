package manifests_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ingest-dev/ingest/manifests"
)

// read returns all rows of a manifest.
func read(tb testing.TB, path string, o manifests.Options) []*manifests.Row {
	tb.Helper()
	m, err := manifests.Open(path, o)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	return rowsOf(tb, m)
}

func rowsOf(tb testing.TB, m *manifests.Manifest) (rows []*manifests.Row) {
	tb.Helper()
	for r, err := range m.Rows(tb.Context()) {
		if err != nil {
			tb.Fatal(err)
		}
		rows = append(rows, r.Clone())
	}
	return rows
}

// keys returns the rows as "number@line key=path", with the root cut off.
func keys(rows []*manifests.Row, root string) (all []string) {
	for _, r := range rows {
		all = append(all, fmt.Sprintf("%d@%d %s=%s", r.Number, r.Line, r.Key, strings.TrimPrefix(r.Path, root+"/")))
	}
	return all
}

func TestTheShapeOfTheTextChangesTheRows(t *testing.T) {
	want := []string{"1@1 a=a", "2@2 b c=b c"}
	for _, c := range []struct{ what, name, text string }{
		{"plain", "m.txt", "a\nb c\n"},
		{"no last newline", "m.txt", "a\nb c"},
		{"CRLF", "m.txt", "a\r\nb c\r\n"},
		{"BOM", "m.txt", "\ufeffa\nb c\n"},
		{"trailing blank lines", "m.txt", "a\nb c\n\n \n\t\n"},
		{"gzip", "m.txt.gz", zipped("a\nb c\n")},
		{"gzip in two members", "m.txt.gz", zipped("a\nb") + zipped(" c\n")},
		{"zstd", "m.txt.zst", zstandard("a\nb c\n")},
		{"zstd in two frames", "m.txt.zst", zstandard("a\nb") + zstandard(" c\n")},
		{"gzip without its suffix", "m.txt", zipped("a\nb c\n")},
		{"JSON lines", "m.jsonl", `{"source":"a"}` + "\n" + ` {"source" : "\u0062 c"} ` + "\n"},
		{"BOM before JSON", "m.ndjson", "\ufeff{\"source\":\"a\"}\r\n{\"source\":\"b c\"}\r\n"},
		{"JSON without a name", "m", "\n{\"source\":\"a\"}\n{\"source\":\"b c\"}"},
		{"null states nothing", "M.JSONL", `{"source":"a","key":null,"size":null,"tags":null}` + "\n" + `{"source":"b c","key":""}`},
	} {
		t.Run(c.what, func(t *testing.T) {
			path := write(t, c.name, c.text)
			if c.what == "JSON without a name" {
				want := []string{"1@2 a=a", "2@3 b c=b c"}
				if got := keys(read(t, path, manifests.Options{}), filepath.Dir(path)); !reflect.DeepEqual(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
				return
			}
			if got := keys(read(t, path, manifests.Options{}), filepath.Dir(path)); !reflect.DeepEqual(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestCommentsAndBlankLinesAreRows(t *testing.T) {
	path := write(t, "m.txt", "# first\n\n./#x\n #y\na#b\n")
	want := []string{"1@3 #x=#x", "2@4  #y= #y", "3@5 a#b=a#b"}
	if got := keys(read(t, path, manifests.Options{}), filepath.Dir(path)); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCSVCountsItsHeaderAsARow(t *testing.T) {
	path := write(t, "m.csv", "\ufeffkey,source,metadata.A,tags.x y,size,checksum\r\n\r\n"+
		"\"k,\"\"1\",a,m,t,5,MD5:D41D8CD98F00B204E9800998ECF8427E\r\n,b,,,,\n")
	want := []*manifests.Row{
		{Number: 1, Line: 3, Source: "a", Key: `k,"1`, Size: 5, Checksum: "md5:d41d8cd98f00b204e9800998ecf8427e",
			Metadata: map[string]string{"A": "m"}, Tags: map[string]string{"x y": "t"}},
		{Number: 2, Line: 4, Source: "b", Key: "b", Size: -1},
	}
	got := read(t, path, manifests.Options{})
	for _, r := range got {
		r.Path = ""
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestARowKeepsTheMetadataOfTheRowBefore(t *testing.T) {
	path := write(t, "m.jsonl", `{"source":"a","metadata":{"a":"1"},"tags":{"b":"2"}}`+"\n"+
		`{"source":"b"}`+"\n"+`{"source":"c","metadata":{"c":"3"}}`)
	rows := read(t, path, manifests.Options{})
	for i, want := range []map[string]string{{"a": "1"}, nil, {"c": "3"}} {
		if !reflect.DeepEqual(rows[i].Metadata, want) {
			t.Errorf("row %d has %v, want %v", i+1, rows[i].Metadata, want)
		}
	}
	if len(rows[0].Tags) != 1 || rows[1].Tags != nil || rows[2].Tags != nil {
		t.Errorf("tags are %v %v %v", rows[0].Tags, rows[1].Tags, rows[2].Tags)
	}
}

func TestASourceIsLookedForInTheWrongPlace(t *testing.T) {
	root := t.TempDir()
	for _, c := range []struct{ source, key, prefix, wantPath, wantKey string }{
		{"a/b", "", "", root + "/a/b", "a/b"},
		{"a/b", "", "p", root + "/a/b", "p/a/b"},
		{"a/b", "", "p/", root + "/a/b", "p/a/b"},
		{"a/b", "k", "p", root + "/a/b", "p/k"},
		{"./a//b/../c", "", "", root + "/a/c", "a/c"},
		{"..a", "", "", root + "/..a", "..a"},
		{root + "/a/./b", "", "p", root + "/a/./b", "p/a/b"},
		{"/elsewhere/x", "k/../k", "", "/elsewhere/x", "k/../k"},
		{"../x", "k", "", filepath.Dir(root) + "/x", "k"},
	} {
		path := write(t, "m.csv", "source,key\n"+c.source+","+c.key+"\n")
		r := read(t, path, manifests.Options{Root: root, Prefix: c.prefix})[0]
		if r.Path != c.wantPath || r.Key != c.wantKey || r.Source != c.source {
			t.Errorf("%+v: got path %s, key %s, source %s", c, r.Path, r.Key, r.Source)
		}
	}
}

func TestTheLongestLineIsRefused(t *testing.T) {
	const longest = 1 << 20
	row := `{"source":"a"}`
	for _, end := range []string{"", "\n", "\r\n"} {
		text := row + strings.Repeat(" ", longest-len(row)) + end
		if got := mistakes(t, write(t, "m.jsonl", text), manifests.Options{}, manifests.Check{}); got != "" {
			t.Errorf("1 MiB and %q: %s", end, got)
		}
		if got := mistakes(t, write(t, "m.jsonl", " "+text), manifests.Options{}, manifests.Check{}); got == "" {
			t.Errorf("1 MiB + 1 and %q is taken", end)
		}
	}
}

func TestRowsGoOnAfterAnError(t *testing.T) {
	m, err := manifests.Open(write(t, "m.jsonl", "{\"source\":\"a\"}\n{\n{\"source\":\"b\"}\n"), manifests.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	var rows, errs int
	for _, err := range m.Rows(t.Context()) {
		var wrong *manifests.Mistakes
		if err == nil {
			rows++
		} else if errs++; !errors.As(err, &wrong) || wrong.List[0].Line != 2 {
			t.Errorf("got %v", err)
		}
	}
	if rows != 1 || errs != 1 {
		t.Errorf("%d rows and %d errors", rows, errs)
	}
}

func TestACancelledReadGoesOn(t *testing.T) {
	m, err := manifests.Open(write(t, "m.txt", "a\nb\nc\n"), manifests.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	rows := 0
	for _, err := range m.Rows(ctx) {
		if last = err; err == nil {
			rows++
			cancel()
		}
	}
	if rows != 1 || !errors.Is(last, context.Canceled) {
		t.Errorf("%d rows, then %v", rows, last)
	}
	if _, err := m.Check(ctx, manifests.Check{}); !errors.Is(err, context.Canceled) {
		t.Errorf("check: %v", err)
	}
}

func TestAStreamIsNotSpooled(t *testing.T) {
	for what, text := range map[string]string{
		"plain": "{\"source\":\"a\"}\n", "gzip": zipped("{\"source\":\"a\"}\n"), "zstd": zstandard("{\"source\":\"a\"}\n"),
	} {
		temp := t.TempDir()
		m, err := manifests.Open("-", manifests.Options{
			Stdin: iotest.OneByteReader(strings.NewReader(text)), TempDir: temp, Root: "/data"})
		if err != nil {
			t.Fatal(what, err)
		}
		for range 2 {
			if got := keys(rowsOf(t, m), "/data"); !reflect.DeepEqual(got, []string{"1@1 a=a"}) {
				t.Errorf("%s: got %q", what, got)
			}
		}
		if _, err := m.Check(t.Context(), manifests.Check{}); err != nil || m.Name() != "stdin" {
			t.Error(what, m.Name(), err)
		}
		if err := m.Close(); err != nil {
			t.Error(what, err)
		}
		if left, _ := os.ReadDir(temp); len(left) > 0 {
			t.Errorf("%s: %v is left behind", what, left)
		}
	}
}

func TestAStreamThatBreaksIsTakenForItsEnd(t *testing.T) {
	temp, broken := t.TempDir(), errors.New("broken")
	_, err := manifests.Open("-", manifests.Options{Stdin: iotest.ErrReader(broken), TempDir: temp})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("%v is left behind", left)
	}
}

func TestTheFormatIsGuessed(t *testing.T) {
	for name, f := range map[string]manifests.Format{
		"a.jsonl": manifests.JSONL, "a.ndjson.gz": manifests.JSONL, "a.csv.zst": manifests.CSV, "A.CSV": manifests.CSV,
		"a.txt": manifests.List, "a.list": manifests.List,
	} {
		m, err := manifests.Open(write(t, name, "source\n"), manifests.Options{})
		if err != nil || m.Format() != f {
			t.Fatalf("%s: %v", name, err)
		}
		_ = m.Close()
	}
	if _, err := manifests.Open(write(t, "a", "source\n"), manifests.Options{}); !errors.Is(err, manifests.ErrFormat) {
		t.Errorf("no suffix: %v", err)
	}
	for _, f := range []manifests.Format{4, 99} {
		if _, err := manifests.Open(write(t, "a.txt", "a\n"), manifests.Options{Format: f}); !errors.Is(err, manifests.ErrFormat) {
			t.Errorf("%v: %v", f, err)
		}
	}
	rows := read(t, write(t, "a.csv", "a,b\n"), manifests.Options{Format: manifests.List})
	if rows[0].Key != "a,b" {
		t.Errorf("a stated format is not used: %q", rows[0].Key)
	}
}

func TestADirectoryIsOpenedAsAManifest(t *testing.T) {
	if _, err := manifests.Open(t.TempDir(), manifests.Options{}); err == nil {
		t.Error("no error")
	}
	if _, err := manifests.Open(filepath.Join(t.TempDir(), "none.txt"), manifests.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestASingleFileNeedsAManifest(t *testing.T) {
	wd, _ := os.Getwd()
	for _, c := range []struct{ source, key, path, want string }{
		{"testdata/x y.bin", "", filepath.Join(wd, "testdata/x y.bin"), "x y.bin"},
		{"/data/\xff.bin", "k#?%", "/data/\xff.bin", "k#?%"},
		{"../x", "", filepath.Join(filepath.Dir(wd), "x"), "x"},
	} {
		m := manifests.Single(c.source, c.key)
		s, err := m.Check(t.Context(), manifests.Check{})
		if err != nil || s.Rows != 1 {
			t.Fatal(err)
		}
		r := rowsOf(t, m)[0]
		if r.Source != c.source || r.Path != c.path || r.Key != c.want || r.Number != 1 || r.Size != -1 {
			t.Errorf("got %+v", r)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := manifests.Single("\xff", "").Check(t.Context(), manifests.Check{}); err == nil {
		t.Error("a key that is not UTF-8 is taken")
	}
}
