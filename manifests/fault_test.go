package manifests

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

var errDisk = errors.New("input/output error")

// failingAt is a file whose bytes from one offset on cannot be read.
type failingAt struct {
	io.ReaderAt
	offset int64
}

func (f failingAt) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) <= f.offset {
		return f.ReaderAt.ReadAt(p, off)
	}
	n, _ := f.ReaderAt.ReadAt(p[:max(0, f.offset-off)], off)
	return n, errDisk
}

// A disk that fails is not the author's mistake, whatever the decompressor makes of it; and a row cut by it is none.
func TestAFailingDiskIsTakenForAMistake(t *testing.T) {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = io.WriteString(w, strings.Repeat("{\"source\":\"a\"}\n", 3))
	_ = w.Close()
	for what, text := range map[string][]byte{
		"plain": []byte(strings.Repeat("{\"source\":\"a\"}\n", 3)), "gzip": zipped.Bytes(),
	} {
		for cut := range int64(len(text)) {
			content := failingAt{bytes.NewReader(text), cut}
			m := &Manifest{name: "m", format: JSONL, content: content, size: int64(len(text))}
			_, err := m.Check(t.Context(), Check{})
			var wrong *Mistakes
			if !errors.Is(err, errDisk) || errors.As(err, &wrong) {
				t.Fatalf("%s, failing at %d: got %v", what, cut, err)
			}
		}
	}
}

func TestATemporaryFileIsReadByOthers(t *testing.T) {
	f, remove, err := tempFile(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Error(info.Mode(), err)
	}
	if err := errors.Join(f.Close(), remove()); err != nil {
		t.Error(err)
	}
}

func TestOneLineFillsTheListOfMistakes(t *testing.T) {
	text := `{"source":"a"`
	for i := range 300 {
		text += fmt.Sprintf(`,"x%d":{}`, i)
	}
	text += "}\n"
	m, err := InMemory([]byte(text), JSONL)
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Check(t.Context(), Check{Limit: 1000})
	var wrong *Mistakes
	if !errors.As(err, &wrong) || len(wrong.List) != maxFaults {
		t.Errorf("got %v", err)
	}
}

func TestAFormatsNameIsForgotten(t *testing.T) {
	for _, f := range []Format{Auto, JSONL, CSV, List} {
		if got, err := ParseFormat(f.String()); got != f || err != nil {
			t.Errorf("%v became %v: %v", f, got, err)
		}
	}
	if _, err := ParseFormat("single"); !errors.Is(err, ErrFormat) {
		t.Errorf("got %v", err)
	}
	if s := Format(99).String(); s != "format(99)" {
		t.Errorf("got %s", s)
	}
}
