package s3

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

// laden has every property that S3 keeps, but those of TestPropertiesLostOnTheWay.
var laden = &sender.Object{
	Key: "k", Size: 3, CacheControl: "max-age=60", ContentDisposition: `attachment; filename="a b"`, ContentEncoding: "br",
	ContentLanguage: "de, en", Expires: time.Date(2031, 1, 2, 3, 4, 5, 0, time.FixedZone("east", 3600)),
	Encryption: "aws:kms", EncryptionKey: "arn:aws:kms:eu-west-1:1:key/x", LockMode: "COMPLIANCE",
	LockUntil: time.Date(2132, 1, 2, 3, 4, 5, 0, time.FixedZone("east", 3600)), LegalHold: true,
}

// ladenHeaders are what laden is on the wire.
var ladenHeaders = map[string]string{
	"Cache-Control": "max-age=60", "Content-Disposition": `attachment; filename="a b"`, "Content-Encoding": "br",
	"Content-Language": "de, en", "Expires": "Thu, 02 Jan 2031 02:04:05 GMT",
	"x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-west-1:1:key/x",
	"x-amz-object-lock-mode": "COMPLIANCE", "x-amz-object-lock-retain-until-date": "2132-01-02T02:04:05Z",
	"x-amz-object-lock-legal-hold": "ON",
}

const (
	keyText = "CANARY-KEY-of-32-bytes-for-tests"
	keyMD5  = "/AGhwydsR4sTcb2hw7faEg=="
)

// customerHeaders are the test's key on the wire. The MD5 was taken with another program.
var customerHeaders = map[string]string{
	"x-amz-server-side-encryption-customer-algorithm": "AES256",
	"x-amz-server-side-encryption-customer-key":       "Q0FOQVJZLUtFWS1vZi0zMi1ieXRlcy1mb3ItdGVzdHM=",
	"x-amz-server-side-encryption-customer-key-MD5":   keyMD5,
}

func testKey(t *testing.T) *CustomerKey {
	t.Helper()
	k, err := NewCustomerKey([]byte(keyText))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// anyAnswer answers any request as a success.
func anyAnswer(w http.ResponseWriter, r *seen) {
	switch {
	case r.method == http.MethodDelete:
		w.WriteHeader(http.StatusNoContent)
	case r.method == http.MethodPost && strings.HasPrefix(r.query, "uploads"):
		_, _ = io.WriteString(w, "<InitiateMultipartUploadResult><UploadId>ID</UploadId></InitiateMultipartUploadResult>")
	case r.method == http.MethodPost:
		_, _ = io.WriteString(w, result("<ETag>e</ETag>"))
	case r.method == http.MethodGet && strings.Contains(r.query, "uploads="):
		_, _ = io.WriteString(w, "<ListMultipartUploadsResult></ListMultipartUploadsResult>")
	case r.method == http.MethodGet:
		_, _ = io.WriteString(w, "<ListPartsResult></ListPartsResult>")
	default:
		w.Header().Set("Etag", `"e"`)
		w.Header().Set("Content-Length", "0")
		w.Header().Set("Last-Modified", "Thu, 02 Jan 2031 02:04:05 GMT")
	}
}

// ask is a call of a store, and what S3 wants to go with it.
type ask struct {
	name         string
	do           func() error
	laden, keyed bool
}

// asks are all calls.
func asks(t *testing.T, s *Store, o *sender.Object) []ask {
	ctx, p := t.Context(), payloadOf("abc", hasher.CRC64NVME)
	u := sender.Upload{Key: "k", ID: "ID"}
	s.uploads.Store(u, hasher.CRC64NVME)
	return []ask{
		{"Put", func() error { _, err := s.Put(ctx, o, p); return err }, true, true},
		{"Begin", func() error { _, err := s.Begin(ctx, o); return err }, true, true},
		{"SendPart", func() error { _, err := s.SendPart(ctx, u, sender.Part{Number: 1, Payload: p}); return err }, false, true},
		{"Parts", func() (last error) {
			for _, err := range s.Parts(ctx, u) {
				last = err
			}
			return last
		}, false, true},
		{"Complete", func() error { _, err := s.Complete(ctx, u, o, twoParts(hasher.CRC64NVME)); return err }, false, true},
		{"Head", func() error { _, err := s.Head(ctx, "k"); return err }, false, true},
		{"Abort", func() error { return s.Abort(ctx, u) }, false, false},
		{"Remove", func() error { return s.Remove(ctx, "k") }, false, false},
		{"Uploads", func() (last error) {
			for _, err := range s.Uploads(ctx, "") {
				last = err
			}
			return last
		}, false, false},
	}
}

// wantHeaders wants a request to have all of these headers, or none of them.
func wantHeaders(t *testing.T, name string, r seen, want map[string]string, there bool) {
	t.Helper()
	for header, value := range want {
		if !there {
			value = ""
		}
		if got := r.header.Get(header); got != value {
			t.Errorf("%s: %s is %q, want %q", name, header, got, value)
		}
	}
}

func TestPropertiesAreOnTheWrongRequest(t *testing.T) {
	f := newFake(t, Options{Checksum: CRC64NVME}, anyAnswer)
	for _, a := range asks(t, f.Store, laden) {
		if err := a.do(); err != nil {
			t.Fatalf("%s: %v", a.name, err)
		}
		for _, r := range f.requests() {
			wantHeaders(t, a.name, r, ladenHeaders, a.laden)
			wantHeaders(t, a.name, r, customerHeaders, false)
			wantHeaders(t, a.name, r, map[string]string{"x-amz-request-payer": "requester"}, false)
			if a.name == "Put" && r.header.Get("x-amz-checksum-crc64nvme") == "" { // which S3 wants with a lock
				t.Error("Put: no checksum")
			}
		}
	}
}

// S3 wants a customer's key with more requests than those that store:
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
func TestCustomerKeyIsOnTheWrongRequest(t *testing.T) {
	f := newFake(t, Options{Checksum: CRC64NVME, CustomerKey: testKey(t), RequestPayer: "requester"}, anyAnswer)
	for _, a := range asks(t, f.Store, &sender.Object{Key: "k"}) {
		if err := a.do(); err != nil {
			t.Fatalf("%s: %v", a.name, err)
		}
		for _, r := range f.requests() {
			wantHeaders(t, a.name, r, customerHeaders, a.keyed)
			wantHeaders(t, a.name, r, map[string]string{"x-amz-request-payer": "requester"}, true)
			if signed := r.header.Get("Authorization"); !strings.Contains(signed, ";x-amz-request-payer") ||
				a.keyed != strings.Contains(signed, ";x-amz-server-side-encryption-customer-key;") {
				t.Errorf("%s: signed are %s", a.name, signed)
			}
		}
	}
}

// The store, or something on the way, repeats what it was sent.
func TestCustomerKeyIsSeen(t *testing.T) {
	f := newFake(t, Options{CustomerKey: testKey(t)}, func(w http.ResponseWriter, r *seen) {
		key := r.header.Get("x-amz-server-side-encryption-customer-key")
		w.Header().Set("X-Amz-Request-Id", key)
		xmlError(w, http.StatusBadRequest, "Invalid"+key, "The key "+key+" is not what it was")
	})
	_, err := f.Put(t.Context(), &sender.Object{Key: "k"}, payloadOf("abc", hasher.CRC64NVME))
	e, ok := errors.AsType[*sender.Error](err)
	if !ok {
		t.Fatal(err)
	}
	k := testKey(t)
	encoded, _ := json.Marshal(map[string]any{"key": k, "options": Options{CustomerKey: k}.CustomerKey})
	text := fmt.Sprintf("%v %+v %#v %v %+v %#v %s %x %d %v %s", err, *e, *e, k, k, k, k, k, k, []any{Options{CustomerKey: k}}, encoded)
	for _, secret := range []string{customerHeaders["x-amz-server-side-encryption-customer-key"], keyText, keyMD5} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in %s", secret, text)
		}
	}
}

func TestCustomerKeyTravelsInTheOpen(t *testing.T) {
	for endpoint, may := range map[string]bool{
		"https://store.example": true, "http://127.0.0.1:9000": true, "http://localhost": true, "http://[::1]:9000": true,
		"http://s3.localhost:1": true, "http://store.example": false, "http://192.0.2.1:9000": false, "http://localhost.example": false,
		"http://127.0.0.1.example": false,
	} {
		s, err := New(t.Context(), Options{
			Bucket: "bucket", Endpoint: endpoint, Region: "r", Credentials: static(testKeys), CustomerKey: testKey(t),
		})
		if (err == nil) != may {
			t.Errorf("%s: %v", endpoint, err)
		}
		if s != nil {
			s.Close()
		}
	}
}

func TestCustomerKeyOfAnotherSize(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33, 44} {
		if _, err := NewCustomerKey(make([]byte, n)); err == nil {
			t.Errorf("%d bytes are a key", n)
		}
	}
	one, other := testKey(t), testKey(t)
	third, err := NewCustomerKey(bytes.Repeat([]byte{1}, 32))
	if err != nil || one.Fingerprint() != other.Fingerprint() || one.Fingerprint() == third.Fingerprint() {
		t.Errorf("fingerprints do not tell keys apart: %v", err)
	}
}

func TestPayerThatS3RefusesIsTaken(t *testing.T) {
	o := Options{Bucket: "bucket", Endpoint: "http://127.0.0.1:1", Region: "r", Credentials: static(testKeys), RequestPayer: "owner"}
	if _, err := New(t.Context(), o); err == nil || !strings.Contains(err.Error(), "requester") {
		t.Errorf("got %v", err)
	}
}

// TestHiddenETagIsTakenForAnMD5: an object that is encrypted with a key of the key service, or of the customer, has an
// ETag that may look like an MD5 and is none. A store need not repeat what was asked of it.
func TestHiddenETagIsTakenForAnMD5(t *testing.T) {
	md5 := sumOfText(hasher.MD5, "other bytes")
	for name, c := range map[string]struct {
		o       sender.Object
		options Options
		says    http.Header
	}{
		"asked for KMS":         {o: sender.Object{Encryption: "aws:kms"}},
		"asked for two layers":  {o: sender.Object{Encryption: "aws:kms:dsse"}},
		"asked with a key":      {options: Options{CustomerKey: testKey(t)}},
		"the bucket's default":  {says: http.Header{"X-Amz-Server-Side-Encryption": {"aws:kms"}}},
		"the store's own words": {says: http.Header{"X-Amz-Server-Side-Encryption-Customer-Algorithm": {"AES256"}}},
	} {
		t.Run(name, func(t *testing.T) {
			c.options.Checksum = MD5
			f := newFake(t, c.options, func(w http.ResponseWriter, r *seen) {
				for header := range c.says {
					w.Header()[header] = c.says[header]
				}
				if r.method == http.MethodHead && c.o.Encryption != "" { // which S3 says of every object
					w.Header().Set("X-Amz-Server-Side-Encryption", c.o.Encryption)
				}
				w.Header().Set("Etag", `"`+md5.Hex()+`"`)
				w.Header().Set("Content-Length", "0")
				w.Header().Set("Last-Modified", "Thu, 02 Jan 2031 02:04:05 GMT")
			})
			c.o.Key = "k"
			sums := payloadOf("abc", hasher.MD5)
			if r, err := f.Put(t.Context(), &c.o, sums); err != nil || !r.Checksum.IsZero() {
				t.Errorf("put: %+v, %v", r, err)
			}
			if i, err := f.Head(t.Context(), "k"); err != nil || !i.Checksum.IsZero() {
				t.Errorf("head: %+v, %v", i, err)
			}
			c.o.Size = 0
			_, same, err := sender.Settle(t.Context(), f.Store, &c.o, sums.Sums.Get(hasher.MD5), time.Time{})
			if same || err != nil {
				t.Errorf("an ETag that says nothing settles it: %v", err)
			}
			_, late, err := sender.Settle(t.Context(), f.Store, &c.o, sums.Sums.Get(hasher.MD5), time.Unix(1, 0))
			if !late || err != nil {
				t.Errorf("an ETag that says nothing decides before the time: %v", err)
			}
		})
	}
}

// An encryption with the store's own key leaves ETags what they are.
func TestPlainEncryptionHidesTheETag(t *testing.T) {
	sum := sumOfText(hasher.MD5, "abc")
	f := newFake(t, Options{Checksum: MD5}, func(w http.ResponseWriter, _ *seen) {
		w.Header().Set("X-Amz-Server-Side-Encryption", "AES256")
		w.Header().Set("Etag", `"`+sum.Hex()+`"`)
	})
	r, err := f.Put(t.Context(), &sender.Object{Key: "k", Encryption: "AES256"}, payloadOf("abc", hasher.MD5))
	if err != nil || r.Checksum != sum {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestListedPartsOfACustomersKeyStateMD5s(t *testing.T) {
	page := "<ListPartsResult><Part><PartNumber>1</PartNumber><Size>3</Size><ETag>" + sumOfText(hasher.MD5, "x").Hex() + "</ETag></Part></ListPartsResult>"
	for name, key := range map[string]*CustomerKey{"none": nil, "one": testKey(t)} {
		f := newFake(t, Options{CustomerKey: key}, func(w http.ResponseWriter, _ *seen) { _, _ = io.WriteString(w, page) })
		f.uploads.Store(anUpload, hasher.MD5)
		for p, err := range f.Parts(t.Context(), anUpload) {
			if err != nil || p.Checksum.IsZero() != (key != nil) {
				t.Errorf("key %s: %+v, %v", name, p, err)
			}
		}
	}
}

func TestCheckLetsPropertiesPassThatS3Refuses(t *testing.T) {
	f := newFake(t, Options{}, anyAnswer)
	keyed := newFake(t, Options{CustomerKey: testKey(t)}, anyAnswer)
	later, past := time.Date(2131, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		s    *Store
		o    sender.Object
		says string
	}{
		{f.Store, *laden, ""},
		{f.Store, sender.Object{Encryption: "AES256"}, ""},
		{f.Store, sender.Object{Encryption: "aws:kms:dsse", EncryptionKey: "k"}, ""},
		{f.Store, sender.Object{LegalHold: true}, ""},
		{keyed.Store, sender.Object{LockMode: "GOVERNANCE", LockUntil: later}, ""},
		{keyed.Store, sender.Object{Encryption: "AES256"}, "encryption"},
		{f.Store, sender.Object{Encryption: "SM4"}, `encryption: "SM4" is none of AES256, aws:kms, aws:kms:dsse`},
		{f.Store, sender.Object{Encryption: "KMS"}, "encryption"},
		{f.Store, sender.Object{EncryptionKey: "k"}, "encryption_key"},
		{f.Store, sender.Object{Encryption: "AES256", EncryptionKey: "k"}, "encryption_key"},
		{f.Store, sender.Object{Encryption: "aws:kms", EncryptionKey: "ä"}, "encryption_key"},
		{f.Store, sender.Object{LockMode: "FOREVER", LockUntil: later}, "lock_mode"},
		{f.Store, sender.Object{LockMode: "GOVERNANCE"}, "lock_mode"},
		{f.Store, sender.Object{LockUntil: later}, "lock_until"},
		{f.Store, sender.Object{LockMode: "COMPLIANCE", LockUntil: past}, "lock_until: 2020-01-01T00:00:00Z is over"},
		{f.Store, sender.Object{CacheControl: "a\r\nb"}, "cache_control"},
		{f.Store, sender.Object{ContentDisposition: " a"}, "content_disposition"},
		{f.Store, sender.Object{ContentEncoding: "ä"}, "content_encoding"},
		{f.Store, sender.Object{ContentLanguage: "\x7f"}, "content_language"},
	} {
		c.o.Key = "k"
		err := c.s.Check(&c.o)
		if (err != nil) != (c.says != "") || err != nil && !strings.HasPrefix(err.Error(), c.says) {
			t.Errorf("%+v: %v, want %q", c.o, err, c.says)
		}
	}
}
