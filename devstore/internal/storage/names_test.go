package storage

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var safe = regexp.MustCompile(`^[0-9a-f]{2}[/\\][0-9a-f]{64}$`)

func FuzzRecordNameIsSafeAndItsOwn(f *testing.F) {
	for _, key := range []string{"", "a", "A", "../x", "/", "a/../b", "con", "é", "é", "a\x00b", strings.Repeat("k", 1023)} {
		f.Add(key, key+"/")
	}
	f.Fuzz(func(t *testing.T, one, other string) {
		a, b := recordName(one), recordName(other)
		if !safe.MatchString(a) || !filepath.IsLocal(a) {
			t.Errorf("%q lies at %q", one, a)
		}
		if (a == b) != (one == other) {
			t.Errorf("%q and %q lie at %q and %q", one, other, a, b)
		}
	})
}

func FuzzBucketNameStaysInTheDirectory(f *testing.F) {
	for _, name := range []string{"demo", "..", "...", "a..b", "a/b", `a\b`, ".devstore.lock", "-ab", "ab-", "A-b", "abc.", strings.Repeat("a", 64)} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if ValidBucketName(name) && (!filepath.IsLocal(name) || filepath.Base(name) != name || name != strings.ToLower(name)) {
			t.Errorf("%q is a bucket", name)
		}
	})
}
