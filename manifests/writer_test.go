package manifests_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/manifests"
	"pgregory.net/rapid"
)

func anyRow(t *rapid.T) *manifests.Row {
	text := rapid.StringOf(rapid.Rune().Filter(func(r rune) bool { return r != 0 }))
	token := rapid.StringMatching("[a-z0-9._-]{1,9}")
	value := rapid.StringMatching("[!-~äß☃]{0,20}")
	header := rapid.StringMatching("|[!-~]([ -~]{0,20}[!-~])?")
	at := rapid.Custom(func(t *rapid.T) time.Time {
		if s := rapid.Int64Range(-1, 253402300799).Draw(t, "seconds"); s >= 0 {
			return time.Unix(s, 0).UTC()
		}
		return time.Time{}
	})
	r := &manifests.Row{
		Source:       text.Filter(func(s string) bool { return s != "" && !strings.HasSuffix(s, "/") }).Draw(t, "source"),
		Key:          text.Filter(func(s string) bool { return s != "" }).Draw(t, "key"),
		Size:         rapid.Int64Min(-1).Draw(t, "size"),
		Checksum:     rapid.StringMatching("|md5:[0-9a-f]{32}|crc32c:[0-9a-f]{8}").Draw(t, "checksum"),
		ContentType:  rapid.StringMatching("|[a-z]+/[a-z]+; x=\"[ -~]*\"").Draw(t, "content type"),
		Metadata:     rapid.MapOfN(token, value, 0, 5).Draw(t, "metadata"),
		Tags:         rapid.MapOfN(token, value, 0, 10).Draw(t, "tags"),
		StorageClass: rapid.StringMatching("|[A-Z_]+").Draw(t, "storage class"),
		ACL:          rapid.StringMatching("|[a-z-]+").Draw(t, "acl"),

		CacheControl:       header.Draw(t, "cache control"),
		ContentDisposition: header.Draw(t, "disposition"),
		ContentEncoding:    header.Draw(t, "encoding"),
		ContentLanguage:    header.Draw(t, "language"),
		Expires:            at.Draw(t, "expires"),
		Encryption:         rapid.StringMatching("|[a-zA-Z0-9:]{1,64}").Draw(t, "encryption"),
		EncryptionKey:      header.Draw(t, "encryption key"),
		LockMode:           rapid.StringMatching("|[A-Z]{1,64}").Draw(t, "lock mode"),
		LockUntil:          at.Draw(t, "lock until"),
		LegalHold:          rapid.Bool().Draw(t, "legal hold"),
	}
	if len(r.Metadata) == 0 {
		r.Metadata = nil
	}
	if len(r.Tags) == 0 {
		r.Tags = nil
	}
	return r
}

func TestWhatIsWrittenIsReadBackDifferently(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		prefix := rapid.SampledFrom([]string{"", "p", "p/q/"}).Draw(rt, "prefix")
		rows := rapid.SliceOfN(rapid.Custom(anyRow), 1, 5).Draw(rt, "rows")
		var b bytes.Buffer
		w := manifests.NewWriter(&b)
		for _, r := range rows {
			must(t, w.Write(r))
		}
		must(t, w.Flush())
		first := b.String()

		// Read with a prefix, and written again without it, the text is the same.
		m, err := manifests.Open("-", manifests.Options{Stdin: &b, Prefix: prefix, Format: manifests.JSONL, TempDir: t.TempDir()})
		must(t, err)
		defer func() { _ = m.Close() }()
		var again bytes.Buffer
		w = manifests.NewWriter(&again)
		w.Prefix = prefix
		n := 0
		for r, err := range m.Rows(t.Context()) {
			if err != nil {
				rt.Fatal(err)
			}
			must(t, w.Write(r))
			if n++; prefix == "" {
				same(rt, r.Clone(), rows[n-1])
			}
		}
		must(t, w.Flush())
		if n != len(rows) || again.String() != first {
			rt.Fatalf("%d rows; first\n%sagain\n%s", n, first, again.String())
		}
	})
}

func same(t *rapid.T, got, want *manifests.Row) {
	got.Number, got.Line, got.Path = 0, 0, ""
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestARowThatNoManifestHoldsIsWritten(t *testing.T) {
	var b strings.Builder
	w := manifests.NewWriter(&b)
	for _, r := range []manifests.Row{
		{Source: "a\xff"}, {Source: "a", Key: "\xff"}, {Source: "a", Metadata: map[string]string{"a": "\xff"}},
		{Source: strings.Repeat("a", 1<<20)},
	} {
		if err := w.Write(&r); err == nil {
			t.Errorf("%.20q is written", r.Source)
		}
	}
	must(t, w.Write(&manifests.Row{Source: "b", Size: -1}))
	must(t, w.Flush())
	if b.String() != "{\"source\":\"b\"}\n" {
		t.Errorf("got %.100s", b.String())
	}
}
