package auth

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"
)

// known is a Keys that knows one access key.
func known(id, secret string) Keys {
	return func(asked string) (string, bool) { return secret, asked == id }
}

// wire returns the request as a server gets it: headers that a client's transport takes from fields are set.
func wire(t testing.TB, method, target string, header http.Header) *http.Request {
	t.Helper()
	r := httptest.NewRequest(method, target, http.NoBody)
	for name, values := range header {
		for _, v := range values {
			r.Header.Add(name, v)
		}
	}
	return r
}

func parseTime(t testing.TB, layout, s string) time.Time {
	t.Helper()
	parsed, err := time.Parse(layout, s)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func wantGranted(t testing.TB, v Verdict, d *Denied, id string) {
	t.Helper()
	if d != nil {
		t.Fatalf("denied: %v\nstring to sign:\n%s", d, d.StringToSign)
	}
	if v.AccessKeyID != id {
		t.Fatalf("granted to %q, want %q", v.AccessKeyID, id)
	}
}

func wantDenied(t testing.TB, d *Denied, status int, code string) {
	t.Helper()
	if d == nil {
		t.Fatalf("granted, want %d %s", status, code)
	}
	if d.Status != status || d.Code != code {
		t.Fatalf("denied with %d %s, want %d %s", d.Status, d.Error(), status, code)
	}
}

func TestDialectIsThatOfTheSignature(t *testing.T) {
	for _, c := range []struct {
		name, query string
		header      http.Header
		want        Dialect
	}{
		{"anonymous", "", nil, OSS},
		{"oss v1", "", http.Header{"Authorization": {"OSS id:sig"}}, OSS},
		{"oss v4 with an amz header", "", http.Header{"Authorization": {"OSS4-HMAC-SHA256 x"}, "X-Amz-Acl": {"private"}}, OSS},
		{"sigv4", "", http.Header{"Authorization": {"AWS4-HMAC-SHA256 x"}}, S3},
		{"presigned sigv4", "?X-Amz-Signature=00", nil, S3},
		{"presigned oss", "?x-oss-signature=00", nil, OSS},
		{"amz header alone", "", http.Header{"X-Amz-Date": {"x"}}, S3},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := DialectOf(wire(t, "GET", "http://h/b/k"+c.query, c.header)); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestWhatIsNoSignatureIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, query, authorization string
		status                     int
		code                       string
	}{
		{"nothing", "", "", 403, "AccessDenied"},
		{"nothing, in S3", "?x-amz-acl=1", "", 403, "AccessDenied"},
		{"unknown scheme", "", "Basic eDp5", 400, "InvalidArgument"},
		{"sigv2", "", "AWS id:sig", 400, "InvalidRequest"},
		{"bad query", "?a=%zz", "OSS id:sig", 400, "InvalidArgument"},
		{"oss v1 without colon", "", "OSS idsig", 400, "InvalidArgument"},
		{"oss v1 without id", "", "OSS :sig", 400, "InvalidArgument"},
		{"oss v1 without signature", "", "OSS id:", 400, "InvalidArgument"},
		{"oss v1 without date", "", "OSS id:sig", 403, "AccessDenied"},
		{"oss v1 presigned without expiry", "?OSSAccessKeyId=id&Signature=s", "", 403, "AccessDenied"},
		{"oss v4 without fields", "", "OSS4-HMAC-SHA256 ", 400, "InvalidArgument"},
		{"oss v4 with another's scope", "", "OSS4-HMAC-SHA256 Credential=id/20250101/r/s3/aws4_request,Signature=00", 400, "InvalidArgument"},
		{"oss v4 presigned without fields", "?x-oss-signature-version=OSS4-HMAC-SHA256", "", 400, "InvalidArgument"},
		{"oss v4 presigned in another version", "?x-oss-signature-version=OSS2", "", 400, "InvalidArgument"},
		{"sigv4 without fields", "", "AWS4-HMAC-SHA256 ", 400, "AuthorizationHeaderMalformed"},
		{"sigv4 with a field twice", "", "AWS4-HMAC-SHA256 Signature=0,Signature=0", 400, "AuthorizationHeaderMalformed"},
		{"sigv4 with short scope", "", "AWS4-HMAC-SHA256 Credential=id/aws4_request,Signature=00", 400, "AuthorizationHeaderMalformed"},
		{"sigv4 presigned without fields", "?X-Amz-Algorithm=AWS4-HMAC-SHA256", "", 400, "AuthorizationQueryParametersError"},
	} {
		t.Run(c.name, func(t *testing.T) {
			header := http.Header{}
			if c.authorization != "" {
				header.Set("Authorization", c.authorization)
			}
			_, d := Verify(wire(t, "GET", "http://h/b/k"+c.query, header), "b", "k", known("id", "secret"), time.Now())
			wantDenied(t, d, c.status, c.code)
		})
	}
}

func TestCanonicalQuerySortsByNameNotByPair(t *testing.T) {
	query := url.Values{"a": {"1"}, "a-b": {"1"}, "a b": {"x y", ""}}
	if got, want := canonicalQuery(query, "", "="), "a=1&a%20b=&a%20b=x%20y&a-b=1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzAuthorization(f *testing.F) {
	f.Add("OSS id:c2ln")
	f.Add("OSS4-HMAC-SHA256 Credential=id/20250101/r/oss/aliyun_v4_request, AdditionalHeaders=a;b, Signature=00")
	f.Add("AWS4-HMAC-SHA256 Credential=i/d/20250101/r/s3/aws4_request,SignedHeaders=host;x-amz-date,Signature=00")
	f.Add("AWS4-HMAC-SHA256 Credential=////,Signature=,=")
	now := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, authorization string) {
		r := httptest.NewRequest(http.MethodPut, "http://h/b/k?partNumber=1", http.NoBody)
		r.Header.Set("Authorization", authorization)
		r.Header.Set("X-Oss-Date", now.Format(stampFormat))
		r.Header.Set("X-Amz-Date", now.Format(stampFormat))
		r.Header.Set("X-Amz-Content-Sha256", unsignedPayload)
		v, d := Verify(r, "b", "k", func(string) (string, bool) { return "secret", true }, now)
		if d == nil {
			t.Fatalf("granted to %q without knowledge of the secret", v.AccessKeyID)
		}
		if d.Code == "" || d.Status < 400 || d.Error() == "" {
			t.Fatalf("denied without a reason: %+v", d)
		}
	})
}

func TestBodyOfUnsignedPayloadIsUntouched(t *testing.T) {
	v := (&attempt{}).granted("id", "", false)
	if r := io.Reader(http.NoBody); v.Body(r) != r || v.DecodedLength != -1 || v.Trailer() != nil {
		t.Errorf("a body that nothing is said of is not left alone")
	}
}
