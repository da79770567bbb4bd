package manifests_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ingest-dev/ingest/manifests"
)

func FuzzJSONL(f *testing.F) { fuzz(f, manifests.JSONL) }
func FuzzCSV(f *testing.F)   { fuzz(f, manifests.CSV) }
func FuzzList(f *testing.F)  { fuzz(f, manifests.List) }

func fuzz(f *testing.F, format manifests.Format) {
	for _, b := range broken {
		if len(b.text) < 1<<10 {
			f.Add([]byte(b.text))
		}
	}
	f.Add([]byte(fullLine))
	f.Add([]byte("source,key,size,metadata.a,tags.b\na,\"b\"\"\",1,c,d\n"))
	f.Add([]byte("source,cache_control,expires,encryption,lock_until,legal_hold\na,no-store,\"Thu, 31 Dec 2026 23:59:59 GMT\",KMS,2031-01-01T00:00:00Z,true\n"))
	f.Fuzz(func(t *testing.T, text []byte) { whatever(t, format, text) })
}

// whatever checks what must hold of any bytes: they are refused with lines that exist, or give sound rows, as many
// as Check counted, with different keys; and those, written again, are the same rows.
func whatever(t *testing.T, format manifests.Format, text []byte) {
	m, err := manifests.InMemory(text, format)
	if err != nil {
		return
	}
	s, err := m.Check(t.Context(), manifests.Check{Limit: 5})
	var wrong *manifests.Mistakes
	if errors.As(err, &wrong) {
		plausible(t, wrong, text)
		return
	}
	must(t, err)
	first := sound(t, m)
	if int64(len(first)) != s.Rows {
		t.Fatalf("%d rows, Check saw %d", len(first), s.Rows)
	}
	var b bytes.Buffer
	w := manifests.NewWriter(&b)
	for _, r := range rowsOf(t, m) {
		must(t, w.Write(r))
	}
	must(t, w.Flush())
	again, err := manifests.InMemory(b.Bytes(), manifests.JSONL)
	must(t, err)
	for i, key := range sound(t, again) {
		if key != first[i] {
			t.Fatalf("key %q became %q", first[i], key)
		}
	}
}

func plausible(t *testing.T, wrong *manifests.Mistakes, text []byte) {
	if len(wrong.List) == 0 || len(wrong.List) > 5 {
		t.Fatalf("%d mistakes", len(wrong.List))
	}
	compressed := bytes.HasPrefix(text, []byte("\x1f\x8b")) || bytes.HasPrefix(text, []byte("\x28\xb5\x2f\xfd"))
	for _, m := range wrong.List {
		if !compressed && m.Line > int64(bytes.Count(text, []byte("\n")))+1 {
			t.Fatalf("no such line: %v", m)
		}
		if m.Column < 0 || m.Message == "" {
			t.Fatalf("%v", m)
		}
	}
}

// sound returns the keys of the rows.
func sound(t *testing.T, m *manifests.Manifest) (keys []string) {
	seen := make(map[string]bool)
	for _, r := range rowsOf(t, m) {
		if r.Key == "" || r.Path == "" || !utf8.ValidString(r.Key) || seen[r.Key] || r.Size < -1 {
			t.Fatalf("%+v", r)
		}
		if strings.ContainsAny(r.CacheControl+r.ContentDisposition+r.ContentEncoding+r.ContentLanguage+r.Encryption+
			r.EncryptionKey+r.LockMode+r.ContentType+r.StorageClass+r.ACL, "\r\n\x00") {
			t.Fatalf("header injection: %+v", r)
		}
		for name, value := range r.Metadata {
			if name == "" || strings.ContainsAny(name+value, "\r\n\x00") {
				t.Fatalf("header injection: %q: %q", name, value)
			}
		}
		seen[r.Key] = true
		keys = append(keys, r.Key)
	}
	return keys
}
