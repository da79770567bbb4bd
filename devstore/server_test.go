package devstore

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
)

func sdk(endpoint string) *oss.Client {
	return oss.NewClient(oss.LoadDefaultConfig().WithEndpoint(endpoint).WithRegion(region).
		WithCredentialsProvider(credentials.NewStaticCredentialsProvider(keyID, secret)).
		WithHttpClient(http.DefaultClient))
}

func TestOfficialOSSClient(t *testing.T) {
	_, h := start(t, options(t))
	defer http.DefaultClient.CloseIdleConnections()
	ctx, c := context.Background(), sdk(h.URL)
	path := filepath.Join(t.TempDir(), "f")
	content := pattern(3<<20 + 17)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.NewUploader().UploadFile(ctx, &oss.PutObjectRequest{Bucket: oss.Ptr("demo"), Key: oss.Ptr("a b/é+%")}, path,
		func(o *oss.UploaderOptions) { o.PartSize = 1 << 20 }); err != nil {
		t.Fatal(err)
	}
	back := filepath.Join(t.TempDir(), "g")
	if _, err := c.NewDownloader().DownloadFile(ctx, &oss.GetObjectRequest{Bucket: oss.Ptr("demo"), Key: oss.Ptr("a b/é+%")}, back,
		func(o *oss.DownloaderOptions) { o.PartSize = 1 << 20 }); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(back); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes came back as %d others: %v", len(content), len(got), err)
	}
	pages := c.NewListObjectsV2Paginator(&oss.ListObjectsV2Request{Bucket: oss.Ptr("demo")})
	for pages.HasNext() {
		p, err := pages.NextPage(ctx)
		if err != nil || len(p.Contents) != 1 || *p.Contents[0].Key != "a b/é+%" {
			t.Fatalf("%+v, %v", p, err)
		}
	}
	_, err := c.HeadObject(ctx, &oss.HeadObjectRequest{Bucket: oss.Ptr("demo"), Key: oss.Ptr("gone")})
	var e *oss.ServiceError
	if !errors.As(err, &e) || e.Code != "NoSuchKey" || e.EC != "0026-00000001" {
		t.Errorf("head of nothing: %v", err)
	}
	if _, err := c.DeleteMultipleObjects(ctx, &oss.DeleteMultipleObjectsRequest{Bucket: oss.Ptr("demo"), Objects: []oss.DeleteObject{{Key: oss.Ptr("a b/é+%")}}}); err != nil {
		t.Error(err)
	}
	presigned, err := c.Presign(ctx, &oss.PutObjectRequest{Bucket: oss.Ptr("demo"), Key: oss.Ptr("p")}, oss.PresignExpires(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(presigned.Method, presigned.URL, strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	client{t: t, base: h.URL}.send(r).ok(200)
}

func TestRequestWithoutTheRightKeyIsRefused(t *testing.T) {
	_, h := start(t, options(t))
	defer http.DefaultClient.CloseIdleConnections()
	none := client{t: t, base: h.URL, sign: func(*testing.T, *http.Request, string, string) {}}
	none.do("GET", "/demo", nil).code(403, "AccessDenied")
	none.do("PUT", "/demo/k", make([]byte, 5<<20)).code(403, "AccessDenied")
	none.do("GET", "/demo", nil, "x-amz-date", "x").code(403, "AccessDenied")
	r := client{t: t, base: h.URL, sign: signOSS}.request("GET", "/demo/other", "", nil)
	r.URL.Path = "/demo/k"
	none.send(r).code(403, "SignatureDoesNotMatch")
	o := options(t)
	o.AccessKeyID = "ANOTHER"
	_, h = start(t, o)
	client{t: t, base: h.URL, sign: signOSS}.do("GET", "/demo", nil).code(403, "InvalidAccessKeyId")
	client{t: t, base: h.URL, sign: signS3}.do("GET", "/demo", nil).code(403, "InvalidAccessKeyId")
}

func TestRegionAndTokenAreHeldTo(t *testing.T) {
	o := options(t)
	o.Region = "eu-central-1"
	_, h := start(t, o)
	defer http.DefaultClient.CloseIdleConnections()
	client{t: t, base: h.URL, sign: signOSS}.do("GET", "/demo", nil).code(400, "InvalidArgument").has("x-oss-ec", "0002-00000226")
	client{t: t, base: h.URL, sign: signS3}.do("GET", "/demo", nil).code(400, "AuthorizationHeaderMalformed")
	o = options(t)
	o.SessionToken = "token"
	_, h = start(t, o)
	client{t: t, base: h.URL, sign: signOSS}.do("GET", "/demo", nil).code(403, "InvalidAccessKeyId")
	client{t: t, base: h.URL, sign: signS3}.do("GET", "/demo", nil).code(400, "InvalidToken")
	client{t: t, base: h.URL, sign: signOSS}.do("GET", "/demo", nil, "x-oss-security-token", "token").ok(200)
	client{t: t, base: h.URL, sign: signS3}.do("GET", "/demo", nil, "x-amz-security-token", "token").ok(200)
}

func TestBucketMayStandInTheHost(t *testing.T) {
	_, h := start(t, options(t))
	defer http.DefaultClient.CloseIdleConnections()
	c := client{t: t, base: h.URL, sign: signOSS}
	c.do("PUT", "/demo/dir/k", []byte("x")).ok(200)
	for _, host := range []string{"demo.oss-cn-hangzhou.aliyuncs.com", "demo.localhost", "demo.localhost:9090"} {
		r := c.request("GET", "/demo/dir/k", "", nil)
		r.Host, r.URL.Path, r.URL.RawPath = host, "/dir/k", ""
		c.send(r).ok(200)
		r = c.request("GET", "/demo/dir/k", "", nil)
		r.Host = host // and in the path, as ali-oss sends it with an IP address
		c.send(r).ok(200)
	}
	r := c.request("GET", "/", "", nil)
	r.Host = "oss-cn-hangzhou.aliyuncs.com"
	c.send(r).ok(200)
}

// raw sends the head of r and a body as they are, ends its side, and reads one answer.
func raw(t *testing.T, r *http.Request, head, body string) answer {
	t.Helper()
	conn, err := net.Dial("tcp", r.URL.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, head+"\r\n\r\n"+body); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{Response: response, t: t, body: text}
}

// lines returns the head of a signed request, whatever its length is to be.
func lines(r *http.Request, length string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s", r.Method, r.URL.RequestURI(), r.URL.Host)
	for name, values := range r.Header {
		fmt.Fprintf(&b, "\r\n%s: %s", name, values[0])
	}
	return b.String() + length
}

func TestBodyWhoseLengthIsNotSaidOrNotTrue(t *testing.T) {
	dialects(t, func(t *testing.T, c client, _ string) {
		c.do("PUT", "/demo/k", []byte("old")).ok(200)
		id := initiate(c, "k")
		for _, query := range []string{"", "partNumber=1&uploadId=" + id} {
			for _, x := range []struct {
				length string
				status int
				code   string
			}{{"\r\nContent-Length: 10", 400, "IncompleteBody"}, {"", 411, "MissingContentLength"}, {"\r\nContent-Length: 5368709121", 400, "EntityTooLarge"}} {
				r := c.request("PUT", "/demo/k", query, nil)
				raw(t, r, lines(r, x.length), "short").code(x.status, x.code)
			}
		}
		if a := c.do("GET", "/demo/k", nil).ok(200); string(a.body) != "old" {
			t.Errorf("the object became %q", a.body)
		}
	})
}

func TestClosedServerRefuses(t *testing.T) {
	s, err := New(options(t))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("status %d", w.Code)
	}
}

func TestNewRefuses(t *testing.T) {
	o := options(t)
	o.AccessKeySecret = ""
	if _, err := New(o); !errors.Is(err, ErrNoKey) {
		t.Errorf("no secret: %v", err)
	}
	o = options(t)
	o.Buckets = []string{"Not A Bucket"}
	if _, err := New(o); err == nil {
		t.Error("a bucket of any name was made")
	}
	o.Buckets = []string{"demo"}
	s, err := New(o)
	if err != nil {
		t.Fatalf("the directory stays locked: %v", err)
	}
	if _, err := New(o); !errors.Is(err, ErrLocked) {
		t.Errorf("second server: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
