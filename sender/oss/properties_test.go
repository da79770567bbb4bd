package oss

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// laden has every property that OSS keeps, but those of object.
var laden = &sender.Object{
	Key: "k", Size: 3, CacheControl: "max-age=60", ContentDisposition: `attachment; filename="a b"`, ContentEncoding: "br",
	ContentLanguage: "de, en", Expires: time.Date(2031, 1, 2, 3, 4, 5, 0, time.FixedZone("east", 3600)),
	Encryption: "KMS", EncryptionKey: "9468da86-3509-4f8d-a61e-6eab1eac****",
}

// ladenHeaders are what laden is on the wire.
var ladenHeaders = map[string]string{
	"Cache-Control": "max-age=60", "Content-Disposition": `attachment; filename="a b"`, "Content-Encoding": "br",
	"Content-Language": "de, en", "Expires": "Thu, 02 Jan 2031 02:04:05 GMT", "X-Oss-Server-Side-Encryption": "KMS",
	"X-Oss-Server-Side-Encryption-Key-Id": "9468da86-3509-4f8d-a61e-6eab1eac****",
}

// answers answers any request as a success.
func answers(n int, w http.ResponseWriter, r seen) {
	switch {
	case r.method == http.MethodDelete:
		w.WriteHeader(http.StatusNoContent)
	case strings.Contains(r.query, "uploads") && r.method == http.MethodPost:
		say(w, "<InitiateMultipartUploadResult><UploadId>ID</UploadId></InitiateMultipartUploadResult>")
	case r.method == http.MethodPost:
		say(w, `<CompleteMultipartUploadResult><ETag>"B-1"</ETag></CompleteMultipartUploadResult>`)
	case strings.Contains(r.query, "uploads"):
		say(w, "<ListMultipartUploadsResult></ListMultipartUploadsResult>")
	case r.method == http.MethodGet:
		say(w, "<ListPartsResult></ListPartsResult>")
	default:
		w.Header().Set("Content-Length", "0")
		stored(n, w, r)
	}
}

// OSS refuses a part with the headers of its object: https://www.alibabacloud.com/help/en/oss/developer-reference/uploadpart
func TestPropertiesAreOnTheWrongRequest(t *testing.T) {
	s, f := start(t, answers)
	ctx, p := t.Context(), sender.Payload{Data: []byte("abc")}
	u := sender.Upload{Key: "k", ID: "ID"}
	for _, call := range []struct {
		name    string
		do      func() error
		carries bool
	}{
		{"Put", func() error { _, err := s.Put(ctx, laden, p); return err }, true},
		{"Begin", func() error { _, err := s.Begin(ctx, laden); return err }, true},
		{"SendPart", func() error { _, err := s.SendPart(ctx, u, sender.Part{Number: 1, Payload: p}); return err }, false},
		{"Complete", func() error { _, err := s.Complete(ctx, u, laden, sender.Completion{}); return err }, false},
	} {
		if err := call.do(); err != nil {
			t.Fatalf("%s: %v", call.name, err)
		}
		header := f.last().header
		for name, value := range ladenHeaders {
			if !call.carries {
				value = ""
			}
			if got := header.Get(name); got != value {
				t.Errorf("%s: %s is %q, want %q", call.name, name, got, value)
			}
		}
	}
}

func TestRequestPayerIsNotStated(t *testing.T) {
	s, f := start(t, answers)
	plain(t, s, f)
	s.terms = terms{payer: "requester", limit: "819200"}
	for name, call := range calls(t, s) {
		if err := call(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		last := f.last()
		if got := last.header.Get("x-oss-request-payer"); got != "requester" {
			t.Errorf("%s: the payer is %q", name, got)
		}
		limit := ""
		if name == "put object" || name == "send part" {
			limit = "819200"
		}
		if got := last.header.Get("x-oss-traffic-limit"); got != limit {
			t.Errorf("%s: the traffic limit is %q, want %q", name, got, limit)
		}
	}
	if err := s.Remove(t.Context(), "k"); err != nil || f.last().header.Get("x-oss-request-payer") != "requester" {
		t.Errorf("remove object: %v, %v", err, f.last().header)
	}
}

// plain wants requests to state no terms that nobody gave.
func plain(t *testing.T, s *Store, f *fake) {
	t.Helper()
	for name, call := range calls(t, s) {
		if err := call(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if r := f.last(); r.header.Get("x-oss-request-payer") != "" || r.header.Get("x-oss-traffic-limit") != "" {
			t.Errorf("%s %s: %v", r.method, r.query, r.header)
		}
	}
}

func TestTermsThatOSSRefusesAreTaken(t *testing.T) {
	o := Options{Bucket: "example-bucket", Endpoint: "http://127.0.0.1:1", Region: "cn-hangzhou", Credentials: Static(canary)}
	for _, c := range []struct {
		payer string
		limit int64
		says  string
	}{
		{"requester", 0, ""}, {"", 819_200, ""}, {"", 838_860_800, ""},
		{"owner", 0, "requester"}, {"", 819_199, "819200"}, {"", 838_860_801, "838860800"}, {"", -1, "819200"},
	} {
		o.RequestPayer, o.TrafficLimit = c.payer, c.limit
		s, err := New(t.Context(), o)
		if (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("payer %q, limit %d: %v", c.payer, c.limit, err)
		}
		if s != nil {
			s.Close()
		}
	}
}

func TestCheckLetsPropertiesPassThatOSSRefuses(t *testing.T) {
	s, _ := start(t, answers)
	later := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		o    sender.Object
		says string
	}{
		{*laden, ""},
		{sender.Object{Encryption: "AES256"}, ""},
		{sender.Object{Encryption: "SM4"}, ""},
		{sender.Object{Encryption: "KMS"}, ""},
		{sender.Object{Encryption: "aws:kms"}, `encryption: "aws:kms" is none of AES256, KMS, SM4`},
		{sender.Object{EncryptionKey: "k"}, "encryption_key"},
		{sender.Object{Encryption: "AES256", EncryptionKey: "k"}, "encryption_key"},
		{sender.Object{Encryption: "KMS", EncryptionKey: "a\nb"}, "encryption_key"},
		{sender.Object{LockMode: "GOVERNANCE", LockUntil: later}, "lock_mode"},
		{sender.Object{LockUntil: later}, "lock_until"},
		{sender.Object{LegalHold: true}, "legal_hold"},
		{sender.Object{CacheControl: "a\r\nb"}, "cache_control"},
		{sender.Object{ContentDisposition: " a"}, "content_disposition"},
		{sender.Object{ContentEncoding: "a\x00"}, "content_encoding"},
		{sender.Object{ContentLanguage: "\xff"}, "content_language"},
	} {
		c.o.Key = "k"
		err := s.Check(&c.o)
		if (err != nil) != (c.says != "") || err != nil && !strings.HasPrefix(err.Error(), c.says) {
			t.Errorf("%+v: %v, want %q", c.o, err, c.says)
		}
	}
}

// TestPropertiesAreNotSigned: what a signature of OSS covers, nobody on the way can change.
func TestPropertiesAreNotSigned(t *testing.T) {
	var h wire.Header
	properties(&h, laden)
	terms{payer: "requester", limit: "819200"}.state(&h, true)
	var fields []wire.Field
	for version, signed := range map[string]func(string) bool{"V1": signedV1, "V4": signedV4} {
		text := string(appendHeaders(nil, h, &fields, signed))
		for _, want := range []string{
			"x-oss-request-payer:requester\n", "x-oss-server-side-encryption:KMS\n", "x-oss-traffic-limit:819200\n",
			fmt.Sprintf("x-oss-server-side-encryption-key-id:%s\n", laden.EncryptionKey),
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s signs no %s: %s", version, want, text)
			}
		}
	}
}
