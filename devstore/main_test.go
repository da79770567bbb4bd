package devstore

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	osscredentials "github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
	osssigner "github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/signer"
	"github.com/aws/aws-sdk-go-v2/aws"
	awssigner "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	keyID  = "AKTEST"
	secret = "secret-of-the-tests"
	region = "cn-hangzhou"
)

func options(t *testing.T) Options {
	return Options{
		Dir: t.TempDir(), Buckets: []string{"demo"}, AccessKeyID: keyID, AccessKeySecret: secret, NoSync: true,
	}
}

// start serves a store until the test ends.
func start(t *testing.T, o Options) (*Server, *httptest.Server) {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(s)
	t.Cleanup(func() {
		h.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, h
}

// sign signs a request for a bucket and a key.
type sign func(t *testing.T, r *http.Request, bucket, key string)

func signOSS(t *testing.T, r *http.Request, bucket, key string) {
	t.Helper()
	c := &osssigner.SigningContext{Product: aws.String("oss"), Region: aws.String(region), Request: r,
		Credentials: &osscredentials.Credentials{AccessKeyID: keyID, AccessKeySecret: secret}}
	if bucket != "" {
		c.Bucket = &bucket
	}
	if key != "" {
		c.Key = &key
	}
	if err := (&osssigner.SignerV4{}).Sign(context.Background(), c); err != nil {
		t.Fatal(err)
	}
}

func signS3(t *testing.T, r *http.Request, _, _ string) {
	t.Helper()
	if r.Header.Get("X-Amz-Content-Sha256") == "" {
		r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
	}
	signer := awssigner.NewSigner(func(o *awssigner.SignerOptions) { o.DisableURIPathEscaping = true })
	err := signer.SignHTTP(context.Background(), aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret}, r,
		r.Header.Get("X-Amz-Content-Sha256"), "s3", "us-east-1", time.Now())
	if err != nil {
		t.Fatal(err)
	}
}

// client sends raw requests in one dialect.
type client struct {
	t    *testing.T
	base string
	sign sign
}

// answer is what came back.
type answer struct {
	*http.Response
	t    *testing.T
	body []byte
}

// do sends a request. target is /bucket/key?query, the key unescaped and the query escaped; headers are name, value,
// name, value.
func (c client) do(method, target string, body []byte, headers ...string) answer {
	c.t.Helper()
	path, query, _ := strings.Cut(target, "?")
	return c.send(c.request(method, path, query, body, headers...))
}

func (c client) request(method, path, query string, body []byte, headers ...string) *http.Request {
	c.t.Helper()
	bucket, key, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	r, err := http.NewRequest(method, c.base, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.URL.Path, r.URL.RawPath, r.URL.RawQuery = path, escape(path), query
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	c.sign(c.t, r, bucket, key)
	return r
}

// escape escapes all but what every client leaves as it is.
func escape(path string) string {
	return strings.ReplaceAll(strings.ReplaceAll(url.QueryEscape(path), "+", "%20"), "%2F", "/")
}

func (c client) send(r *http.Request) answer {
	c.t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{Response: response, t: c.t, body: body}
}

// ok fails the test if the status is not that.
func (a answer) ok(status int) answer {
	a.t.Helper()
	if a.StatusCode != status {
		a.t.Fatalf("%s %s: status %d, want %d: %s", a.Request.Method, a.Request.URL, a.StatusCode, status, a.body)
	}
	return a
}

// code fails the test if the answer is not that error.
func (a answer) code(status int, code string) answer {
	a.t.Helper()
	a.ok(status)
	var e struct {
		XMLName   xml.Name `xml:"Error"`
		Code      string
		RequestID string `xml:"RequestId"`
	}
	if err := xml.Unmarshal(a.body, &e); err != nil {
		a.t.Fatalf("%s %s: %v: %s", a.Request.Method, a.Request.URL, err, a.body)
	}
	if e.Code != code || e.RequestID == "" {
		a.t.Fatalf("%s %s: %s, want %s: %s", a.Request.Method, a.Request.URL, e.Code, code, a.body)
	}
	return a
}

// has fails the test if a header has not that value.
func (a answer) has(name, value string) answer {
	a.t.Helper()
	if got := a.Header.Get(name); got != value {
		a.t.Errorf("%s %s: %s is %q, want %q", a.Request.Method, a.Request.URL, name, got, value)
	}
	return a
}

// read reads the XML of the answer.
func read[T any](a answer) T {
	a.t.Helper()
	var v T
	if err := xml.Unmarshal(a.body, &v); err != nil {
		a.t.Fatalf("%v: %s", err, a.body)
	}
	return v
}

// dialects runs a test in both.
func dialects(t *testing.T, test func(t *testing.T, c client, prefix string)) {
	for name, d := range map[string]struct {
		sign   sign
		prefix string
	}{"OSS": {signOSS, "x-oss-"}, "S3": {signS3, "x-amz-"}} {
		t.Run(name, func(t *testing.T) {
			_, h := start(t, options(t))
			t.Cleanup(http.DefaultClient.CloseIdleConnections)
			test(t, client{t: t, base: h.URL, sign: d.sign}, d.prefix)
		})
	}
}
