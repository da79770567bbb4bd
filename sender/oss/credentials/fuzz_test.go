package credentials

import (
	"strings"
	"testing"
	"time"
)

// FuzzFiles reads whatever is in a file of profiles. Nothing of it may be in the error but names, and no key is made
// up.
func FuzzFiles(f *testing.F) {
	f.Add([]byte("[default]\naccessKeyID=a\naccessKeySecret=b\n[profile x]\nsource_profile=x\n"))
	f.Add([]byte("[Credentials]\n[AkService]\necsAk=/\n"))
	f.Add([]byte(`{"current":"a","profiles":[{"name":"a","mode":"ChainableRamRoleArn","source_profile":"a"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, parse := range []func([]byte) (*profiles, error){parseCLI, parseOssutil} {
			all, err := parse(text)
			if (all == nil) == (err == nil) {
				t.Fatalf("got %v and %v", all, err)
			}
			if err != nil {
				continue
			}
			c := &chain{Options: Options{}.withDefaults()}
			c.getenv = func(string) string { return "" }
			for name := range all.byName {
				if s, err := all.source(c, name, maxChain); (s == nil) == (err == nil) {
					t.Fatalf("got %v and %v", s, err)
				}
			}
		}
	})
}

// FuzzProcessOutput reads whatever a process prints.
func FuzzProcessOutput(f *testing.F) {
	f.Add([]byte(`{"mode":"StsToken","access_key_id":"a","access_key_secret":"b","sts_token":"c","expiration":"2026-01-01T00:00:00Z"}`))
	f.Add([]byte(`{"AccessKeyId":"a","AccessKeySecret":"b"}`))
	f.Fuzz(func(t *testing.T, out []byte) {
		s, err := printed(out, time.Now())
		if err == nil && (s.AccessKeyID == "" || s.AccessKeySecret == "") {
			t.Fatalf("got %v", s)
		}
	})
}

// FuzzSplit takes whatever command line apart: quoted, the words come together again.
func FuzzSplit(f *testing.F) {
	f.Add(`tool "a b" 'c' \d`, false)
	f.Add(`C:\tool "a\"b"`, true)
	f.Fuzz(func(t *testing.T, line string, windows bool) {
		words, err := split(line, windows)
		if err != nil || strings.ContainsRune(line, '\'') {
			return
		}
		quoted := "'" + strings.Join(words, "' '") + "'"
		again, err := split(quoted, windows)
		if err != nil || strings.Join(again, "\x00") != strings.Join(words, "\x00") {
			t.Fatalf("%q became %q, %v", words, again, err)
		}
	})
}
