package manifests_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/manifests"
)

// fullLine states everything, and fullRow is what it says.
const fullLine = `{"source":"s","key":"k","size":0,"checksum":"crc32c:00000000","content_type":"a/b",` +
	`"metadata":{"a":""},"tags":{"b":"2"},"storage_class":"IA","acl":"private","cache_control":"max-age=60, public",` +
	`"content_disposition":"attachment; filename=\"a b.txt\"","content_encoding":"br","content_language":"de, en",` +
	`"expires":"2031-01-02T03:04:05Z","encryption":"aws:kms","encryption_key":"arn:aws:kms:r:1:key/x",` +
	`"lock_mode":"GOVERNANCE","lock_until":"2032-01-01T00:00:00Z","legal_hold":true,` +
	`"callback":"{\"callbackUrl\":\"http://h\"}","callback_vars":{"x:a":"1"}}`

func fullRow() *manifests.Row {
	return &manifests.Row{
		Number: 1, Line: 1, Source: "s", Key: "k", Checksum: "crc32c:00000000", ContentType: "a/b",
		Metadata: map[string]string{"a": ""}, Tags: map[string]string{"b": "2"}, StorageClass: "IA", ACL: "private",
		CacheControl: "max-age=60, public", ContentDisposition: `attachment; filename="a b.txt"`, ContentEncoding: "br",
		ContentLanguage: "de, en", Expires: time.Date(2031, 1, 2, 3, 4, 5, 0, time.UTC), Encryption: "aws:kms",
		EncryptionKey: "arn:aws:kms:r:1:key/x", LockMode: "GOVERNANCE",
		LockUntil: time.Date(2032, 1, 1, 0, 0, 0, 0, time.UTC), LegalHold: true,
		Callback: `{"callbackUrl":"http://h"}`, CallbackVars: map[string]string{"x:a": "1"},
	}
}

func TestAFullRowLosesAField(t *testing.T) {
	want := *fullRow()
	for name, text := range map[string]string{
		"m.jsonl": fullLine,
		"m.csv": "source,key,size,checksum,content_type,metadata.a,tags.b,storage_class,acl,cache_control," +
			"content_disposition,content_encoding,content_language,expires,encryption,encryption_key,lock_mode,lock_until,legal_hold,callback,callback_vars.x:a\n" +
			`s,k,0,crc32c:00000000,a/b,,2,IA,private,"max-age=60, public","attachment; filename=""a b.txt""",br,"de, en",` +
			`"Thu, 02 Jan 2031 03:04:05 GMT",aws:kms,arn:aws:kms:r:1:key/x,GOVERNANCE,2032-01-01T01:00:00+01:00,true,"{""callbackUrl"":""http://h""}",1`,
	} {
		got := *read(t, write(t, name, text), manifests.Options{})[0]
		got.Path, got.Line = "", 1
		if name == "m.csv" {
			got.Metadata = want.Metadata // an empty cell states nothing
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got\n%+v, want\n%+v", name, got, want)
		}
	}
}

// TestARowHasAFieldThatNobodyTests fails for a new field of Row that the tests above do not state yet.
func TestARowHasAFieldThatNobodyTests(t *testing.T) {
	full := reflect.ValueOf(*fullRow())
	for i := range full.NumField() {
		switch name := full.Type().Field(i).Name; name {
		case "Path", "Size": // made of the source; nothing is a size, too
		default:
			if full.Field(i).IsZero() {
				t.Errorf("the full row has no %s", name)
			}
		}
	}
}

func TestTheWriterForgetsAField(t *testing.T) {
	var b bytes.Buffer
	w := manifests.NewWriter(&b)
	must(t, w.Write(fullRow()))
	must(t, w.Flush())
	if got := strings.TrimSpace(b.String()); got != fullLine {
		t.Errorf("got\n%s, want\n%s", got, fullLine)
	}
}

func TestACloneChangesWithTheRow(t *testing.T) {
	r := fullRow()
	c := r.Clone()
	r.Metadata["a"], r.Tags["b"] = "changed", "changed"
	if !reflect.DeepEqual(c, fullRow()) {
		t.Errorf("got %+v", c)
	}
}

func TestATimeIsMisread(t *testing.T) {
	want := time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC)
	for _, text := range []string{
		"2026-12-31T23:59:59Z", "2027-01-01T00:59:59+01:00", "Thu, 31 Dec 2026 23:59:59 GMT", "2026-12-31T23:59:59.000Z",
	} {
		if got, err := manifests.ParseTime(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "tomorrow", "2026-12-31", "2026-12-31 23:59:59", "2026-12-31T23:59:59", "2026-12-31T23:59:59.5Z",
		"2026-02-30T00:00:00Z", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "Thu, 31 Dec 2026 23:59:59 CET", "1798761599",
	} {
		if got, err := manifests.ParseTime(text); err == nil || !got.IsZero() {
			t.Errorf("%q is %v", text, got)
		}
	}
}
