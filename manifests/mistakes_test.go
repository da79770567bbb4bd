package manifests_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/manifests"
)

// write makes a file in a new directory and returns its path.
func write(tb testing.TB, name, text string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// mistakes checks a manifest and returns what is wrong with it, one line each, without the directory's name.
func mistakes(tb testing.TB, path string, o manifests.Options, c manifests.Check) string {
	tb.Helper()
	m, err := manifests.Open(path, o)
	if err == nil {
		defer func() { _ = m.Close() }()
		_, err = m.Check(tb.Context(), c)
	}
	var wrong *manifests.Mistakes
	if err != nil && !errors.As(err, &wrong) {
		tb.Fatalf("not a mistake of the manifest: %v", err)
	}
	if err == nil {
		return ""
	}
	return strings.ReplaceAll(wrong.Error(), filepath.Dir(path)+string(filepath.Separator), "")
}

var broken = []struct {
	what, name, text string
	want             string // one mistake a line
}{
	// All formats.
	{"empty file", "m.jsonl", "", "m.jsonl: no rows"},
	{"only blank lines", "m.txt", "\n \n\t\r\n", "m.txt: no rows"},
	{"only comments", "m.txt", "# a\n#b\n", "m.txt: no rows"},
	{"only a header", "m.csv", "source\n", "m.csv: no rows"},
	{"NUL", "m.txt", "a\nb\x00c\n", "m.txt:2:2: the line holds a NUL byte"},
	{"invalid UTF-8", "m.jsonl", "{\"source\":\"\xc3\xa4\xff\"}\n", "m.jsonl:1:14: the line is not UTF-8"},
	{"comment that is no text", "m.txt", "#\xff\na\n", "m.txt:1:2: the line is not UTF-8"},
	{"UTF-16", "m.txt", "\xff\xfea\x00\n\x00", "m.txt:1:1: the manifest is UTF-16: save it as UTF-8"},
	{"endless line", "m.txt", "a\n" + strings.Repeat("x", 3<<20) + "\nb//\n",
		"m.txt:2: the line is longer than 1 MiB\n" +
			`m.txt:3:1: source "b//" ends with a slash: a row names a file`},
	{"endless last line", "m.jsonl", strings.Repeat("x", 3<<20), "m.jsonl:1: the line is longer than 1 MiB"},
	{"duplicate keys", "m.txt", "a\nb\n./a\nb\n", `m.txt:3:1: the key "a" is that of line 1 already` + "\n" +
		`m.txt:4:1: the key "b" is that of line 2 already`},
	{"duplicate of an explicit key", "m.jsonl", `{"source":"a"}` + "\n" + `{"source":"b","key":"a"}`,
		`m.jsonl:2:21: the key "a" is that of line 1 already`},
	{"a row with two mistakes that is a duplicate too", "m.jsonl", `{"source":"a"}` + "\n" + `{"source":"a","size":-1,"x":1}`,
		`m.jsonl:2:11: the key "a" is that of line 1 already` + "\n" +
			`m.jsonl:2:22: size wants a whole number of bytes from 0 to 9223372036854775807, not "-1"` + "\n" +
			`m.jsonl:2:25: unknown field "x"`},

	// Sources and keys.
	{"outside the root", "m.txt", "../a\n", `m.txt:1:1: source "../a" lies outside the root "ROOT": state a key`},
	{"absolute outside the root", "m.txt", "/etc/passwd\n",
		`m.txt:1:1: source "/etc/passwd" lies outside the root "ROOT": state a key`},
	{"the root itself", "m.txt", "./.\n", `m.txt:1:1: source "./." lies outside the root "ROOT": state a key`},
	{"source with NUL", "m.jsonl", `{"source":"a\u0000","key":"k"}`, "m.jsonl:1:11: source holds a NUL character"},
	{"key with NUL", "m.jsonl", `{"source":"a","key":"\u0000"}`, "m.jsonl:1:21: the key holds a NUL character"},
	{"endless key", "m.jsonl", `{"source":"a","key":"` + strings.Repeat("k", 4097) + `"}`,
		"m.jsonl:1:21: the key is 4097 bytes long with its prefix; at most 4096"},
	{"endless source", "m.jsonl", `{"key":"k","source":"` + strings.Repeat("s", 32769) + `"}`,
		"m.jsonl:1:21: source is 32769 bytes long; at most 32768"},

	// What travels in headers.
	{"header injection", "m.jsonl", `{"source":"a","metadata":{"a":"b\r\nx-oss-acl: public"}}`,
		`m.jsonl:1:27: metadata "a": the value "b\r\nx-oss-acl: public" holds a control character`},
	{"header injection by name", "m.jsonl", `{"source":"a","metadata":{"a: b":"c"}}`,
		"m.jsonl:1:27: metadata name \"a: b\": want letters, digits and !#$%&'*+-.^_`|~"},
	{"metadata names that are one header", "m.jsonl", `{"source":"a","metadata":{"a":"1","A":"2"}}`,
		`m.jsonl:1:35: metadata names "a" and "A" differ in case only: they are one header`},
	{"metadata that HTTP would trim", "m.jsonl", `{"source":"a","metadata":{"a":" 1"}}`,
		`m.jsonl:1:27: metadata "a": the value " 1" begins or ends with a blank`},
	{"too much metadata", "m.jsonl", `{"source":"a","metadata":{"a":"` + strings.Repeat("v", 8192) + `"}}`,
		"m.jsonl:1:27: metadata holds 8193 bytes of names and values; at most 8192"},
	{"content type with a line break", "m.jsonl", `{"source":"a","content_type":"text/plain\n"}`,
		`m.jsonl:1:30: content_type "text/plain\n": want printable ASCII`},
	{"content type in blanks", "m.csv", "source,content_type\na,text/plain \n",
		`m.csv:2:3: content_type "text/plain " begins or ends with a blank`},
	{"header injection by a property", "m.jsonl", `{"source":"a","cache_control":"no-store\r\nx-oss-object-acl: public-read"}`,
		`m.jsonl:1:31: cache_control "no-store\r\nx-oss-object-acl: public-read": want printable ASCII`},
	{"properties that no header holds", "m.jsonl", `{"source":"a","content_disposition":"ä","content_encoding":" br","content_language":"` +
		strings.Repeat("e", 1025) + `"}`,
		`m.jsonl:1:37: content_disposition "ä": want printable ASCII` + "\n" +
			`m.jsonl:1:61: content_encoding " br" begins or ends with a blank` + "\n" +
			`m.jsonl:1:86: content_language is 1025 bytes long; at most 1024`},
	{"expires in words", "m.csv", "source,expires,lock_until\na,tomorrow,2031-01-01T00:00:00.5Z\n",
		`m.csv:2:3: expires: want a time such as 2026-12-31T23:59:59Z or Thu, 31 Dec 2026 23:59:59 GMT, not "tomorrow"` + "\n" +
			`m.csv:2:12: lock_until: want a time in whole seconds, not "2031-01-01T00:00:00.5Z"`},
	{"expires as a number", "m.jsonl", `{"source":"a","expires":1798761599}`, `m.jsonl:1:25: expires wants a string, not a number`},
	{"legal hold as a text", "m.jsonl", `{"source":"a","legal_hold":"true"}`, `m.jsonl:1:28: legal_hold wants true or false, not a string`},
	{"legal hold of another language", "m.csv", "source,legal_hold\na,ja\n", `m.csv:2:3: legal_hold wants true or false, not "ja"`},
	{"encryption and lock of many words", "m.jsonl", `{"source":"a","encryption":"a\tb","encryption_key":"\n","lock_mode":"A B"}`,
		`m.jsonl:1:28: encryption "a\tb": want printable ASCII` + "\n" +
			`m.jsonl:1:52: encryption_key "\n": want printable ASCII` + "\n" +
			`m.jsonl:1:69: lock_mode "A B": want at most 64 letters, digits, - and _`},
	{"storage class of two words", "m.csv", "source,storage_class,acl\na,I A,a\tb\n",
		`m.csv:2:3: storage_class "I A": want at most 64 letters, digits, - and _` + "\n" +
			`m.csv:2:7: acl "a\tb": want at most 64 letters, digits, - and _`},
	{"too many tags", "m.jsonl", `{"source":"a","tags":{"a":"","b":"","c":"","d":"","e":"","f":"","g":"","h":"","i":"","j":"","k":"","l":""}}`,
		"m.jsonl:1:23: more than 10 tags"},
	{"tag without a name", "m.csv", "source,tags.\na,b\n", "m.csv:2:3: a tag without a name"},
	{"long tag name", "m.jsonl", `{"source":"a","tags":{"` + strings.Repeat("t", 129) + `":"a"}}`,
		`m.jsonl:1:23: tag "` + strings.Repeat("t", 60) + `"...: the name is longer than 128 characters`},
	{"tag with a tab", "m.jsonl", `{"source":"a","tags":{"a":"\t"}}`, `m.jsonl:1:23: tag "a": the value "\t" holds a control character`},
	{"endless content type", "m.jsonl", `{"source":"a","content_type":"` + strings.Repeat("c", 256) + `"}`,
		"m.jsonl:1:30: content_type is 256 bytes long; at most 255"},
	{"quote cut inside a character", "m.csv", "source,checksum\na,x" + strings.Repeat("ä", 40) + "\n",
		`m.csv:2:3: checksum "x` + strings.Repeat("ä", 29) + `"...: want xxh3, crc64ecma, crc64nvme, crc32c, md5 or sha256, a colon, hex digits`},
	{"long tag", "m.jsonl", `{"source":"a","tags":{"a":"` + strings.Repeat("ä", 257) + `"}}`,
		`m.jsonl:1:23: tag "a": the value is longer than 256 characters`},

	// Checksums and sizes.
	{"checksum of an unknown algorithm", "m.csv", "source,checksum\na,sha1:00\n",
		`m.csv:2:3: checksum "sha1:00": want xxh3, crc64ecma, crc64nvme, crc32c, md5 or sha256, a colon, hex digits`},
	{"checksum cut short", "m.csv", "source,checksum\na,md5:00\n", `m.csv:2:3: checksum "md5:00": md5 has 32 hex digits`},
	{"checksum that is no hex", "m.csv", "source,checksum\na,crc32c:0000000g\n",
		`m.csv:2:3: checksum "crc32c:0000000g": crc32c has 8 hex digits`},
	{"size too large", "m.csv", "source,size\na,9223372036854775808\n",
		`m.csv:2:3: size wants a whole number of bytes from 0 to 9223372036854775807, not "9223372036854775808"`},
	{"size with an exponent", "m.jsonl", `{"source":"a","size":1e3}`,
		`m.jsonl:1:22: size wants a whole number of bytes from 0 to 9223372036854775807, not "1e3"`},
	{"size with a blank", "m.csv", "source,size\na, 1\n",
		`m.csv:2:3: size wants a whole number of bytes from 0 to 9223372036854775807, not " 1"`},

	// JSON lines.
	{"no object", "m.jsonl", "[]\n", "m.jsonl:1:1: a row is a JSON object, not an array"},
	{"no JSON", "m.jsonl", "{\"source\":\"a\"}\n  a.parquet\n", "m.jsonl:2:3: not JSON: invalid character 'a' at start of value"},
	{"comment", "m.jsonl", "# {}\n", "m.jsonl:1:1: not JSON: invalid character '#' at start of value"},
	{"missing colon", "m.jsonl", `{"source" "a"}`, `m.jsonl:1:11: not JSON: invalid character '"' after object name (expecting ':')`},
	{"line break inside a row", "m.jsonl", "{\"source\":\n\"a\"}\n",
		"m.jsonl:1:11: the line ends inside the row's object: one row is one line\n" +
			"m.jsonl:2:1: a row is a JSON object, not a string"},
	{"two rows in a line", "m.jsonl", `{"source":"a"} {"source":"b"}`,
		"m.jsonl:1:15: the line goes on after the row's object: one row is one line"},
	{"unknown field", "m.jsonl", `{"source":"a","sise":{"b":[1]},"size":-1}`, `m.jsonl:1:15: unknown field "sise"` + "\n" +
		`m.jsonl:1:39: size wants a whole number of bytes from 0 to 9223372036854775807, not "-1"`},
	{"field in another case", "m.jsonl", `{"source":"a","Key":"b"}`, `m.jsonl:1:15: unknown field "Key"`},
	{"duplicate field", "m.jsonl", `{"source":"a","\u0073ource":"b"}`, `m.jsonl:1:15: the name "source" stands twice in its object`},
	{"duplicate metadata", "m.jsonl", `{"source":"a","metadata":{"x":"1","x":"2"}}`,
		`m.jsonl:1:35: the name "x" stands twice in its object`},
	{"no source", "m.jsonl", `{"key":"a"}`, "m.jsonl:1: source is missing"},
	{"empty source", "m.jsonl", `{"source":""}`, "m.jsonl:1: source is missing"},
	{"null source", "m.jsonl", `{"source":null}`, "m.jsonl:1: source is missing"},
	{"wrong types", "m.jsonl", `{"source":1,"key":[],"size":"1","metadata":["a"],"tags":{"a":true},"acl":{}}`,
		"m.jsonl:1:11: source wants a string, not a number\n" +
			"m.jsonl:1:19: key wants a string, not an array\n" +
			"m.jsonl:1:29: size wants a number, not a string\n" +
			"m.jsonl:1:44: metadata wants an object of strings, not an array\n" +
			`m.jsonl:1:62: tags: "a" wants a string, not a boolean` + "\n" +
			"m.jsonl:1:74: acl wants a string, not an object"},
	{"lone surrogate", "m.jsonl", `{"source":"\ud800"}`, "m.jsonl:1:12: not JSON: invalid surrogate pair `\\ud800\"}` in string"},

	// CSV.
	{"header without source", "m.csv", "key,size\na,1\nb,2\n", "m.csv:1: the header has no field source"},
	{"unknown column", "m.csv", "source,sise\na,\nb,1\n", `m.csv:1:8: unknown field "sise" in the header`},
	{"bare metadata column", "m.csv", "source,metadata\na,b\n", `m.csv:1:8: unknown field "metadata" in the header`},
	{"column twice", "m.csv", "source,key,key\na,b,c\n", `m.csv:1:12: the field "key" stands twice in the header`},
	{"column that is no header name", "m.csv", "source,metadata.a b\na,1\n",
		"m.csv:1:8: metadata name \"a b\": want letters, digits and !#$%&'*+-.^_`|~"},
	{"too few cells", "m.csv", "source,key\na\nb,c,d\n", "m.csv:2: the row has 1 cells, the header has 2\n" +
		"m.csv:3: the row has 3 cells, the header has 2"},
	{"quote that is never closed", "m.csv", "source,key\n\"a,b\nc/,d\n",
		"m.csv:2:5: a quoted cell must end with a quote on its own line, and double those inside\n" +
			`m.csv:3:1: source "c/" ends with a slash: a row names a file`},
	{"bare quote", "m.csv", "source\na\"b\n", "m.csv:2:2: a quote in a cell that does not begin with one"},
	{"broken header", "m.csv", "source,\"key\na,b\n",
		"m.csv:1:12: a quoted cell must end with a quote on its own line, and double those inside"},
	{"empty source cell", "m.csv", "source,key\n,b\n", "m.csv:2: source is missing"},
	{"carriage returns only", "m.csv", "source\ra\rb", "m.csv:1:7: the line holds a carriage return: lines end with LF or CRLF"},
	{"carriage return in a list", "m.txt", "a\rb", "m.txt:1:2: the line holds a carriage return: lines end with LF or CRLF"},

	// Compression.
	{"gzip that is none", "m.txt.gz", "a\n", ""},
	{"gzip cut short", "m.txt.gz", zipped("a\nb\n")[:20], "m.txt.gz:3: the compressed data are damaged or cut short here: unexpected EOF"},
	{"gzip header cut short", "m.txt.gz", "\x1f\x8b\x08", "m.txt.gz: the compressed data are damaged or cut short here: unexpected EOF"},
}

func TestABrokenManifestIsNotExplained(t *testing.T) {
	for _, b := range broken {
		t.Run(b.what, func(t *testing.T) {
			path := write(t, b.name, b.text)
			want := strings.ReplaceAll(b.want, "ROOT", filepath.Dir(path))
			got := mistakes(t, path, manifests.Options{}, manifests.Check{})
			if got != strings.ReplaceAll(want, filepath.Dir(path)+string(filepath.Separator), "") {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
