package s3

import (
	"net/http"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

func TestCheckLetsRefusedObjectsPass(t *testing.T) {
	f := newFake(t, Options{}, func(http.ResponseWriter, *seen) {})
	many := make(map[string]string)
	for i := range 11 {
		many[strings.Repeat("t", i+1)] = ""
	}
	meta := func(k, v string) sender.Object { return sender.Object{Key: "k", Metadata: map[string]string{k: v}} }
	tag := func(k, v string) sender.Object { return sender.Object{Key: "k", Tags: map[string]string{k: v}} }
	good := map[string]sender.Object{
		"plain":        {Key: "k"},
		"longest key":  {Key: strings.Repeat("k", 1024)},
		"awkward key":  {Key: "ä \n+%2F/../?#"},
		"metadata":     meta("Some-name_1.x", "two  words, \"quoted\""),
		"largest":      meta("abcd", strings.Repeat("v", 2044)),
		"tag":          tag("Größe", "ä/+ ="),
		"class":        {Key: "k", StorageClass: "GLACIER_IR", ACL: "bucket-owner-full-control"},
		"content type": {Key: "k", ContentType: "text/plain; charset=utf-8"},
		"largest size": {Key: "k", Size: 10_000 * 5 << 30},
	}
	bad := map[string]sender.Object{
		"key":          {},
		"key:":         {Key: strings.Repeat("k", 1025)},
		"UTF-8":        {Key: "\xff"},
		"size":         {Key: "k", Size: 10_000*5<<30 + 1},
		"content_type": {Key: "k", ContentType: "a\r\nX-Evil: 1"},
		"metadata":     meta("a b", ""),
		"metadata ":    meta("", "x"),
		"metadata x":   meta("x", "ä"),
		"start":        meta("x", " v"),
		"2048":         meta("abcd", strings.Repeat("v", 2045)),
		"same name":    {Key: "k", Metadata: map[string]string{"a": "1", "A": "2"}},
		"tags":         {Key: "k", Tags: many},
		"tags: ":       tag("", "x"),
		"128":          tag(strings.Repeat("ä", 129), ""),
		"256":          tag("x", strings.Repeat("ä", 257)),
		"storage":      {Key: "k", StorageClass: "A B"},
		"acl":          {Key: "k", ACL: "everyone"},
	}
	for name, o := range good {
		if err := f.Check(&o); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for word, o := range bad {
		if err := f.Check(&o); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(word)) {
			t.Errorf("%q: %v", word, err)
		}
	}
}

func TestPropertiesLostOnTheWay(t *testing.T) {
	o := &sender.Object{
		Key: "k", ContentType: "text/plain", StorageClass: "STANDARD_IA", ACL: "private",
		Metadata: map[string]string{"colour": "dark  blue"}, Tags: map[string]string{"b": "2/ä", "a": "1 &=+"},
	}
	want := map[string]string{
		"Content-Type": "text/plain", "x-amz-storage-class": "STANDARD_IA", "x-amz-acl": "private",
		"x-amz-meta-colour": "dark  blue", "x-amz-tagging": "a=1%20%26%3D%2B&b=2%2F%C3%A4",
	}
	f := newFake(t, Options{}, (&endpoint{echoes: []hasher.Algorithm{hasher.CRC64NVME}}).handle)
	if _, err := f.Put(t.Context(), o, payloadOf("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Begin(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	for _, r := range f.requests() {
		for name, value := range want {
			if got := r.header.Get(name); got != value {
				t.Errorf("%s: %s is %q, want %q", r.method, name, got, value)
			}
		}
	}
}

func TestChecksumNamesDoNotParse(t *testing.T) {
	for c := range checksums {
		if got, err := ParseChecksum(Checksum(c).String()); err != nil || got != Checksum(c) {
			t.Errorf("%v: %v, %v", Checksum(c), got, err)
		}
	}
	if c, err := ParseChecksum(""); err != nil || c != Auto {
		t.Errorf("empty: %v, %v", c, err)
	}
	if _, err := ParseChecksum("sha1"); err == nil {
		t.Error("sha1 is accepted")
	}
}
