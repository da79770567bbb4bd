package manifests_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/manifests"
)

func TestARowWithoutPropertiesLacksTheDefaults(t *testing.T) {
	defaults := fullRow()
	got := *read(t, write(t, "m.jsonl", `{"source":"x","content_type":"","expires":null}`), manifests.Options{Defaults: defaults})[0]
	want := *fullRow()
	want.Source, want.Key, want.Path, want.Size, want.Checksum = "x", "x", got.Path, -1, ""
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
	if !reflect.DeepEqual(defaults, fullRow()) {
		t.Errorf("the defaults were changed: %+v", defaults)
	}
}

func TestADefaultReplacesWhatARowStates(t *testing.T) {
	defaults := fullRow()
	defaults.Metadata = map[string]string{"Team": "default", "kept": "default"}
	defaults.Tags = map[string]string{"b": "default", "B": "default"}
	got := read(t, write(t, "m.jsonl", `{"source":"x","metadata":{"team":"row"},"tags":{"b":"row"},"acl":"public-read",`+
		`"cache_control":"no-store","expires":"2040-01-01T00:00:00Z","legal_hold":false}`+"\n"+`{"source":"y"}`),
		manifests.Options{Defaults: defaults})
	first, second := got[0], got[1]
	if want := map[string]string{"team": "row", "kept": "default"}; !reflect.DeepEqual(first.Metadata, want) {
		t.Errorf("metadata %v, want %v", first.Metadata, want)
	}
	if want := map[string]string{"b": "row", "B": "default"}; !reflect.DeepEqual(first.Tags, want) {
		t.Errorf("tags %v, want %v", first.Tags, want)
	}
	if first.ACL != "public-read" || first.CacheControl != "no-store" || first.LegalHold || first.Expires.Year() != 2040 ||
		first.StorageClass != "IA" {
		t.Errorf("got %+v", first)
	}
	if !reflect.DeepEqual(second.Metadata, defaults.Metadata) || !second.LegalHold || second.ACL != "private" {
		t.Errorf("the row behind it has %+v", second)
	}
}

func TestRowAndDefaultsAreTooMuchTogether(t *testing.T) {
	path := write(t, "m.jsonl", `{"source":"a","metadata":{"a":"`+strings.Repeat("v", 5000)+`"}}`)
	o := manifests.Options{Defaults: &manifests.Row{Metadata: map[string]string{"b": strings.Repeat("v", 5000)}}}
	if got := mistakes(t, path, o, manifests.Check{}); !strings.Contains(got, "metadata holds 10002 bytes") {
		t.Errorf("got %s", got)
	}
}

func TestDefaultsThatNoRowMayStateAreTaken(t *testing.T) {
	path := write(t, "m.txt", "a\n")
	for word, bad := range map[string]manifests.Row{
		"cache_control":       {CacheControl: "a\r\nX-Evil: 1"},
		"content_disposition": {ContentDisposition: "ä"},
		"content_encoding":    {ContentEncoding: " gzip"},
		"content_language":    {ContentLanguage: strings.Repeat("e", 1025)},
		"content_type":        {ContentType: "\x7f"},
		"encryption":          {Encryption: strings.Repeat("e", 65)},
		"encryption_key":      {EncryptionKey: "a\nb"},
		"lock_mode":           {LockMode: "A B"},
		"metadata name":       {Metadata: map[string]string{"a b": "c"}},
		"tag":                 {Tags: map[string]string{"": "c"}},
		"UTF-8":               {Metadata: map[string]string{"a": "\xff"}},
	} {
		if _, err := manifests.Open(path, manifests.Options{Defaults: &bad}); !errors.Is(err, manifests.ErrDefaults) ||
			!strings.Contains(err.Error(), word) {
			t.Errorf("%s: %v", word, err)
		}
		if _, err := manifests.SingleWith("a", "", &bad); !errors.Is(err, manifests.ErrDefaults) {
			t.Errorf("%s of a single file: %v", word, err)
		}
	}
}

// TestOtherDefaultsAreTheSameJob: a run that is carried on with other defaults would mix two kinds of objects.
func TestOtherDefaultsAreTheSameJob(t *testing.T) {
	path := write(t, "m.jsonl", `{"source":"a"}`)
	digest := func(d *manifests.Row) [16]byte {
		m, err := manifests.Open(path, manifests.Options{Defaults: d})
		must(t, err)
		defer m.Close()
		s, err := m.Check(t.Context(), manifests.Check{})
		must(t, err)
		rowsOf(t, m) // compares the digest of its own reading
		return s.Digest
	}
	seen := map[[16]byte]string{digest(nil): "none"}
	if digest(&manifests.Row{Source: "x", Key: "y", Size: 3, Checksum: "md5:"}) != digest(nil) {
		t.Error("defaults without properties make another job")
	}
	full := reflect.ValueOf(*fullRow())
	for i := range full.NumField() {
		var one manifests.Row
		name := full.Type().Field(i).Name
		reflect.ValueOf(&one).Elem().Field(i).Set(full.Field(i))
		switch name {
		case "Number", "Line", "Source", "Path", "Key", "Size", "Checksum":
			continue
		}
		sum := digest(&one)
		if other, twice := seen[sum]; twice {
			t.Errorf("default %s is the same job as %s", name, other)
		}
		seen[sum] = name
	}
	early, late := &manifests.Row{Expires: time.Unix(1, 0)}, &manifests.Row{Expires: time.Unix(2, 0)}
	if digest(early) == digest(late) || digest(early) != digest(&manifests.Row{Expires: time.Unix(1, 0).UTC()}) {
		t.Error("times make the wrong jobs")
	}
}

func TestASingleFileLacksTheDefaults(t *testing.T) {
	m, err := manifests.SingleWith("a/b", "k", &manifests.Row{ContentType: "a/b", Tags: map[string]string{"a": "b"}, Key: "other"})
	must(t, err)
	if r := rowsOf(t, m)[0]; r.ContentType != "a/b" || r.Tags["a"] != "b" || r.Key != "k" || r.Source != "a/b" {
		t.Errorf("got %+v", r)
	}
}
