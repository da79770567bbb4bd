package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func table(t *testing.T, lines string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "growth.csv")
	if err := os.WriteFile(path, []byte("unit,n,cpu_s_per_unit,least,most,runs\n"+lines), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPictureThatIsNoXML(t *testing.T) {
	svg, err := draw(table(t, "objects,10000,5.1e-05,5e-05,5.2e-05,9\nobjects,1000000,4.9e-05,4.9e-05,5e-05,3\ngib,1,0.3,0.3,0.4,7\n"))
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(bytes.NewReader(svg))
	for err == nil {
		_, err = d.Token()
	}
	if !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	for _, want := range []string{">51.0<", ">1,000,000<", ">300<", "10 %"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("%q is not in the picture", want)
		}
	}
}

func TestTableThatCannotBeReadIsNoPicture(t *testing.T) {
	for _, lines := range []string{"objects,many,1,1,1,1\n", "objects,1\n"} {
		if svg, err := draw(table(t, lines)); err == nil {
			t.Errorf("%q gave %q", lines, svg)
		}
	}
	if _, err := draw(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no file, no error")
	}
}
