package manifests_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/manifests"
)

// rowsWith reads a manifest of that text.
func rowsWith(t *testing.T, name, text string, o manifests.Options) (rows []manifests.Row, sum manifests.Summary, err error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := manifests.Open(path, o)
	if err != nil {
		return nil, sum, err
	}
	defer m.Close()
	if sum, err = m.Check(t.Context(), manifests.Check{}); err != nil {
		return nil, sum, err
	}
	for r, err := range m.Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, *r.Clone())
	}
	return rows, sum, nil
}

func TestCallbackIsTheSameHoweverItIsStated(t *testing.T) {
	const text = `{"callbackUrl":"http://a","callbackBody":"b"}`
	for name, manifest := range map[string]string{
		"object.jsonl": `{"source":"a","callback":` + text + `,"callback_vars":{"x:v":"1"}}`,
		"string.jsonl": `{"source":"a","callback":"` + strings.ReplaceAll(text, `"`, `\"`) + `","callback_vars":{"x:v":"1"}}`,
		"table.csv":    "source,callback,callback_vars.x:v\na,\"" + strings.ReplaceAll(text, `"`, `""`) + "\",1\n",
	} {
		rows, _, err := rowsWith(t, name, manifest, manifests.Options{})
		if err != nil || rows[0].Callback != text || !maps.Equal(rows[0].CallbackVars, map[string]string{"x:v": "1"}) {
			t.Errorf("%s: %+v, %v", name, rows, err)
		}
	}
}

func TestCallbackThatIsNoObjectIsAMistake(t *testing.T) {
	for _, field := range []string{
		`"callback":7`, `"callback":[1]`, `"callback":"no"`, `"callback":"[1]"`, `"callback":"{} {}"`, `"callback_vars":"x"`,
		`"callback_vars":{"x:a":1}`, `"callback_vars":{"":"a"}`,
		`"callback":{"callbackBody":"` + strings.Repeat("x", 8<<10) + `"}`, `"callback_vars":{"x:a":"` + strings.Repeat("x", 8<<10) + `"}`,
	} {
		_, _, err := rowsWith(t, "m.jsonl", `{"source":"a",`+field+`}`, manifests.Options{})
		if _, ok := errors.AsType[*manifests.Mistakes](err); !ok || !strings.Contains(err.Error(), "callback") {
			t.Errorf("%.40s: %v", field, err)
		}
	}
	if _, _, err := rowsWith(t, "m.csv", "source,callback_vars\na,b\n", manifests.Options{}); err == nil {
		t.Error("a column callback_vars without a name passes")
	}
}

func TestRowsWithoutACallbackGetThatOfAll(t *testing.T) {
	of := &manifests.Row{
		Callback: `{"a":1}`, CallbackVars: map[string]string{"x:a": "all", "x:b": "all"}, ACL: "private",
		Metadata: map[string]string{"k": "all"}, Tags: map[string]string{"t": "all"}, ContentType: "text/plain", StorageClass: "IA",
	}
	text := `{"source":"a"}` + "\n" +
		`{"source":"b","callback":{"b":2},"callback_vars":{"x:b":"own"},"metadata":{"K":"own"},"tags":{"t":"own"},"acl":"default"}`
	rows, with, err := rowsWith(t, "m.jsonl", text, manifests.Options{Defaults: of})
	if err != nil {
		t.Fatal(err)
	}
	a, b := rows[0], rows[1]
	if a.Callback != of.Callback || !maps.Equal(a.CallbackVars, of.CallbackVars) || a.ACL != "private" || a.Metadata["k"] != "all" ||
		a.Tags["t"] != "all" || a.ContentType != "text/plain" || a.StorageClass != "IA" {
		t.Errorf("%+v", a)
	}
	if b.Callback != `{"b":2}` || !maps.Equal(b.CallbackVars, map[string]string{"x:a": "all", "x:b": "own"}) || b.ACL != "default" ||
		!maps.Equal(b.Metadata, map[string]string{"K": "own"}) || b.Tags["t"] != "own" {
		t.Errorf("%+v", b)
	}
	_, without, err := rowsWith(t, "m.jsonl", text, manifests.Options{Defaults: &manifests.Row{Source: "x", Key: "y", Size: 7}})
	if err != nil || with.Digest == without.Digest {
		t.Errorf("%v: other defaults are the same job", err)
	}
	if _, none, _ := rowsWith(t, "m.jsonl", text, manifests.Options{}); none.Digest != without.Digest {
		t.Error("no defaults are another job than none")
	}
}

func TestUnsoundDefaultsAreRefused(t *testing.T) {
	if _, _, err := rowsWith(t, "m.jsonl", `{"source":"a"}`, manifests.Options{Defaults: &manifests.Row{Callback: "no"}}); !errors.Is(err, manifests.ErrDefaults) {
		t.Error(err)
	}
	if _, err := manifests.SingleWith("a", "b", &manifests.Row{Callback: "no"}); !errors.Is(err, manifests.ErrDefaults) {
		t.Error(err)
	}
}
