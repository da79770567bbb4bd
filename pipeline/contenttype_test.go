package pipeline

import (
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/sender"
)

func TestTypeIsGuessedByTheWrongName(t *testing.T) {
	for _, c := range []struct{ key, source, stated, want string }{
		{"a/b.parquet", "x", "", "application/vnd.apache.parquet"},
		{"a/b.JPG", "x.txt", "", "image/jpeg"},
		{"a/b", "x.csv", "", "text/csv"},
		{"a/b.unknown", "x.csv", "", "text/csv"},
		{"a.txt/b", "x.csv/y", "", ""},
		{"a.tar.gz", "x", "", "application/gzip"},
		{".gz", "gz", "", "application/gzip"},
		{"a.", "x.", "", ""},
		{"a." + strings.Repeat("x", 1000), "x", "", ""},
		{"a.json", "x.json", "text/x-own", "text/x-own"},
	} {
		o := sender.Object{Key: c.key, ContentType: c.stated}
		if GuessName.byName(&o, c.source); o.ContentType != c.want {
			t.Errorf("%.20s of %s: %q, want %q", c.key, c.source, o.ContentType, c.want)
		}
		o = sender.Object{Key: c.key, ContentType: c.stated}
		if GuessNone.byName(&o, c.source); o.ContentType != c.stated {
			t.Errorf("%.20s: %q though nothing is to be guessed", c.key, o.ContentType)
		}
	}
}

func TestTypeInTheTableIsNoType(t *testing.T) {
	for ending, kind := range typesByEnding {
		group, name, ok := strings.Cut(kind, "/")
		if !ok || group == "" || name == "" || strings.ContainsAny(kind, " ;") || ending != strings.ToLower(ending) || strings.Contains(ending, ".") {
			t.Errorf("%q: %q", ending, kind)
		}
	}
}

func TestGuessNamesDoNotParse(t *testing.T) {
	for _, g := range []Guess{GuessNone, GuessName, GuessContent} {
		if got, err := ParseGuess(g.String()); err != nil || got != g {
			t.Errorf("%v: %v, %v", g, got, err)
		}
	}
	if _, err := ParseGuess("magic"); err == nil {
		t.Error("magic is a way to guess")
	}
}

// TestContentTypeIsLostOnTheWay sends each way of finding a type in one request and in parts.
func TestContentTypeIsLostOnTheWay(t *testing.T) {
	png := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 3*partSize)...)
	for _, c := range []struct {
		guess                   Guess
		named, nameless, stated string
	}{
		{GuessNone, "", "", "text/x-own"},
		{GuessName, "text/csv", "", "text/x-own"},
		{GuessContent, "text/csv", "image/png", "text/x-own"},
	} {
		t.Run(c.guess.String(), func(t *testing.T) {
			l := newLab(t)
			l.options.Guess = c.guess
			for _, size := range []struct {
				name string
				n    int
			}{{"one", 100}, {"parts", len(png)}} {
				l.write(size.name+".csv", png[:size.n])
				l.row(size.name + ".csv")
				l.write(size.name, png[:size.n])
				l.row(size.name)
				l.row(size.name, `"key":"stated/`+size.name+`.csv"`, `"content_type":"text/x-own"`)
			}
			l.write("empty", nil)
			l.row("empty")
			l.finish()
			for key, want := range map[string]string{
				"one.csv": c.named, "one": c.nameless, "stated/one.csv": c.stated,
				"parts.csv": c.named, "parts": c.nameless, "stated/parts.csv": c.stated, "empty": "",
			} {
				if got, err := l.memory.ContentType(key); got != want || err != nil {
					t.Errorf("%s: %q, %v, want %q", key, got, err, want)
				}
			}
		})
	}
}
