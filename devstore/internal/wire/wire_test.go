package wire

import (
	"net/http"
	"testing"
	"time"
)

func TestSplitFindsBucketAndKey(t *testing.T) {
	domains := []string{"localhost"}
	for _, x := range []struct {
		host, path, bucket, key string
		ok                      bool
	}{
		{"127.0.0.1:9090", "/b/k", "b", "k", true},
		{"127.0.0.1:9090", "/", "", "", true},
		{"127.0.0.1:9090", "/b", "b", "", true},
		{"127.0.0.1:9090", "/b/", "b", "", true},
		{"127.0.0.1:9090", "/b//k", "b", "/k", true},
		{"127.0.0.1:9090", "/b/a%2Fb", "b", "a/b", true},
		{"127.0.0.1:9090", "/b/a%252Fb", "b", "a%2Fb", true},
		{"127.0.0.1:9090", "/b/a+b", "b", "a+b", true},
		{"127.0.0.1:9090", "/b/..", "b", "..", true},
		{"127.0.0.1:9090", "//k", "", "", false},
		{"127.0.0.1:9090", "/b/%ff", "", "", false},
		{"[::1]:9090", "/b/k", "b", "k", true},
		{"localhost:9090", "/b/k", "b", "k", true},
		{"b.localhost:9090", "/k/l", "b", "k/l", true},
		{"B.LOCALHOST", "/", "b", "", true},
		{"b.oss-cn-hangzhou.aliyuncs.com", "/b/k", "b", "b/k", true},
		{"b.oss-cn-hangzhou-internal.aliyuncs.com", "//k", "b", "/k", true},
		{"b.s3.oss-cn-hangzhou.aliyuncs.com", "/k", "b", "k", true},
		{"s3.oss-cn-hangzhou.aliyuncs.com", "/b/k", "b", "k", true},
		{"oss-cn-hangzhou.aliyuncs.com", "/b/k", "b", "k", true},
		{"example.com", "/b/k", "b", "k", true},
	} {
		a, ok := Split(x.host, x.path, domains)
		if ok != x.ok || ok && (a.Bucket != x.bucket || a.Key != x.key) {
			t.Errorf("%s %s: %+v, %v", x.host, x.path, a, ok)
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("127.0.0.1", "/b/%2e%2e/k")
	f.Add("b.localhost", "//")
	f.Fuzz(func(t *testing.T, host, path string) {
		a, ok := Split(host, path, []string{"localhost"})
		if ok && a.Bucket == "" && a.Key != "" {
			t.Errorf("%q %q: a key without a bucket", host, path)
		}
	})
}

func TestRange(t *testing.T) {
	for _, x := range []struct {
		header  string
		size    int64
		rng     Range
		outcome Outcome
	}{
		{"", 10, Range{}, Absent},
		{"bytes=0-0", 10, Range{0, 1}, Satisfied},
		{"bytes=9-", 10, Range{9, 1}, Satisfied},
		{"bytes=0-10", 10, Range{0, 10}, Clipped},
		{"bytes=-10", 10, Range{0, 10}, Satisfied},
		{"bytes=-11", 10, Range{0, 10}, Clipped},
		{"bytes=10-", 10, Range{}, Unsatisfiable},
		{"bytes=-0", 10, Range{}, Unsatisfiable},
		{"bytes=0-", 0, Range{}, Unsatisfiable},
		{"bytes=-1", 0, Range{}, Unsatisfiable},
		{"bytes=2-1", 10, Range{}, Malformed},
		{"bytes=-", 10, Range{}, Malformed},
		{"bytes=", 10, Range{}, Malformed},
		{"bytes=+1-2", 10, Range{}, Malformed},
		{"bytes=1-2,3-4", 10, Range{}, Malformed},
		{"bytes=0-9223372036854775808", 10, Range{}, Malformed},
		{"items=0-1", 10, Range{}, Malformed},
	} {
		if rng, outcome := ParseRange(x.header, x.size); rng != x.rng || outcome != x.outcome {
			t.Errorf("%q of %d: %+v %d, want %+v %d", x.header, x.size, rng, outcome, x.rng, x.outcome)
		}
	}
}

func FuzzRangeLiesWithinTheObject(f *testing.F) {
	f.Add("bytes=0-9223372036854775807", int64(10))
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 0 {
			return
		}
		rng, outcome := ParseRange(header, size)
		within := rng.Offset >= 0 && rng.Length > 0 && rng.Offset+rng.Length <= size
		if (outcome == Satisfied || outcome == Clipped) && !within {
			t.Errorf("%q of %d: %+v", header, size, rng)
		}
	})
}

func TestCopySource(t *testing.T) {
	for header, want := range map[string][2]string{
		"/b/k": {"b", "k"}, "b/k": {"b", "k"}, "/b/a%2Fb": {"b", "a/b"}, "/b/a%2Bb+c%20d": {"b", "a+b c d"}, "b%2Fk%2Fl": {"b", "k/l"},
		"/b//k": {"b", "/k"}, "/b/%3F": {"b", "?"},
	} {
		if bucket, key, ok := CopySource(header); !ok || bucket != want[0] || key != want[1] {
			t.Errorf("%s: %q %q %v", header, bucket, key, ok)
		}
	}
	for _, header := range []string{"", "b", "/b/", "/b/%", "/b/k?versionId=1", "/b/%ff"} {
		if _, _, ok := CopySource(header); ok {
			t.Errorf("%q was taken", header)
		}
	}
}

func TestETagOutranksADate(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	h := http.Header{"If-None-Match": {`"x"`}, "If-Modified-Since": {now.Format(http.TimeFormat)}}
	if status := ReadConditions(h, "").Check("y", now); status != 200 {
		t.Errorf("another ETag, the same date: %d", status)
	}
	h = http.Header{"If-Match": {`"y"`}, "If-Unmodified-Since": {now.Add(-time.Hour).Format(http.TimeFormat)}}
	if status := ReadConditions(h, "").Check("y", now); status != 200 {
		t.Errorf("the same ETag, an older date: %d", status)
	}
}

func TestTags(t *testing.T) {
	for _, text := range []string{"=1", "a=1&a=2", "%=1", "a=%", "a=1&", "a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9&j=10&k=11"} {
		if tags, err := ParseTags(text); err == nil {
			t.Errorf("%q was taken: %v", text, tags)
		}
	}
	tags, err := ParseTags("a+b=%26&c")
	if err != nil || len(tags) != 2 || tags[0].Key != "a b" || tags[0].Value != "&" || tags[1].Value != "" {
		t.Errorf("%v, %v", tags, err)
	}
}
