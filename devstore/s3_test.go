package devstore

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/devstore/internal/checksum"
)

func s3Client(t *testing.T) client {
	_, h := start(t, options(t))
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return client{t: t, base: h.URL, sign: signS3}
}

// sumOf returns a checksum as a header has it.
func sumOf(a checksum.Algorithm, content []byte) string {
	h := a.New()
	_, _ = h.Write(content)
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func TestS3HeadersOfEveryAnswer(t *testing.T) {
	c := s3Client(t)
	for _, a := range []answer{c.do("PUT", "/demo/k", []byte("x")).ok(200), c.do("GET", "/demo/gone", nil).ok(404), c.do("HEAD", "/demo/gone", nil).ok(404)} {
		if a.Header.Get("x-amz-request-id") == "" || a.Header.Get("x-amz-id-2") == "" || a.Header.Get("x-oss-request-id") != "" {
			t.Errorf("headers: %v", a.Header)
		}
	}
}

func TestS3ChecksumIsVerifiedAndGivenBack(t *testing.T) {
	c := s3Client(t)
	content := pattern(100 << 10)
	for _, a := range checksum.All {
		right := sumOf(a, content)
		c.do("PUT", "/demo/k", content, a.Header(), right).ok(200).has(a.Header(), right).has("x-amz-checksum-type", "FULL_OBJECT")
		c.do("HEAD", "/demo/k", nil, "x-amz-checksum-mode", "ENABLED").ok(200).has(a.Header(), right)
		c.do("GET", "/demo/k", nil, "x-amz-checksum-mode", "ENABLED").ok(200).has(a.Header(), right)
		c.do("GET", "/demo/k", nil, "x-amz-checksum-mode", "ENABLED", "Range", "bytes=0-1").ok(206).has(a.Header(), "")
		c.do("HEAD", "/demo/k", nil).ok(200).has(a.Header(), "")
		c.do("PUT", "/demo/k", content[1:], a.Header(), right).code(400, "BadDigest")
		c.do("PUT", "/demo/k", content, a.Header(), "AAAA").code(400, "InvalidRequest")
	}
	c.do("PUT", "/demo/k", content).ok(200).has("x-amz-checksum-crc64nvme", sumOf(checksum.CRC64NVME, content))
	c.do("PUT", "/demo/k", content, "x-amz-checksum-crc32", "x", "x-amz-checksum-sha1", "y").code(400, "InvalidRequest")
	c.do("PUT", "/demo/k", content, "x-amz-sdk-checksum-algorithm", "CRC32").code(400, "InvalidRequest")
	c.do("PUT", "/demo/k", content, "x-amz-checksum-xxhash3", "x").code(501, "NotImplemented")
}

func TestS3TrailingChecksumIsVerified(t *testing.T) {
	c := s3Client(t)
	content := []byte("hello, world")
	send := func(sum string) answer {
		body := fmt.Sprintf("%x\r\n%s\r\n0\r\nx-amz-checksum-crc32:%s\r\n\r\n", len(content), content, sum)
		return c.do("PUT", "/demo/k", []byte(body), "x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
			"x-amz-decoded-content-length", strconv.Itoa(len(content)), "x-amz-trailer", "x-amz-checksum-crc32",
			"x-amz-sdk-checksum-algorithm", "CRC32", "Content-Encoding", "aws-chunked")
	}
	right := sumOf(checksum.CRC32, content)
	send(right).ok(200).has("x-amz-checksum-crc32", right)
	c.do("GET", "/demo/k", nil).ok(200).has("Content-Encoding", "").has("Content-Length", strconv.Itoa(len(content)))
	send(sumOf(checksum.CRC32, []byte("other"))).code(400, "BadDigest")
	send("nonsense").code(400, "InvalidRequest")
}

func TestS3SignedPayloadIsVerified(t *testing.T) {
	c := s3Client(t)
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	c.do("PUT", "/demo/k", nil, "x-amz-content-sha256", empty).ok(200)
	c.do("PUT", "/demo/k", []byte("x"), "x-amz-content-sha256", empty).code(400, "XAmzContentSHA256Mismatch")
	c.do("HEAD", "/demo/k", nil).ok(200).has("Content-Length", "0")
}

// multipart uploads two parts, and returns what the completion needs.
func multipart(c client, a checksum.Algorithm, create ...string) (id string, body []byte, contents [][]byte) {
	c.t.Helper()
	contents = [][]byte{pattern(5 << 20), []byte("tail")}
	id = initiate(c, "k", create...)
	var b strings.Builder
	for i, content := range contents {
		sum := sumOf(a, content)
		tag := part(c, "k", id, i+1, content, a.Header(), sum)
		fmt.Fprintf(&b, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag><Checksum%s>%s</Checksum%s></Part>", i+1, tag, a, sum, a)
	}
	return id, []byte("<CompleteMultipartUpload>" + b.String() + "</CompleteMultipartUpload>"), contents
}

func TestS3WholeChecksumOfParts(t *testing.T) {
	c := s3Client(t)
	for _, a := range checksum.All {
		for _, kind := range []checksum.Kind{checksum.FullObject, checksum.Composite} {
			if !a.Allows(kind) {
				c.do("POST", "/demo/k?uploads", nil, "x-amz-checksum-algorithm", string(a), "x-amz-checksum-type", string(kind)).code(400, "InvalidRequest")
				continue
			}
			id, body, contents := multipart(c, a, "x-amz-checksum-algorithm", string(a), "x-amz-checksum-type", string(kind))
			want := sumOf(a, bytes.Join(contents, nil))
			if kind == checksum.Composite {
				var sums []byte
				for _, content := range contents {
					h := a.New()
					_, _ = h.Write(content)
					sums = h.Sum(sums)
				}
				want = sumOf(a, sums) + "-2"
			}
			complete(c, "k", id, body, a.Header(), sumOf(a, nil)).code(400, "BadDigest")
			done := complete(c, "k", id, body, a.Header(), want, "x-amz-checksum-type", string(kind)).ok(200)
			if element := fmt.Sprintf("<Checksum%s>%s</Checksum%s>", a, want, a); !strings.Contains(string(done.body), element) {
				t.Errorf("%s %s: %s", a, kind, done.body)
			}
			c.do("HEAD", "/demo/k", nil, "x-amz-checksum-mode", "ENABLED").ok(200).has(a.Header(), want).has("x-amz-checksum-type", string(kind))
		}
	}
}

func TestS3PartChecksumsAreHeldTo(t *testing.T) {
	c := s3Client(t)
	id := initiate(c, "k", "x-amz-checksum-algorithm", "SHA256")
	at := "/demo/k?partNumber=1&uploadId=" + id
	content := []byte("x")
	c.do("PUT", at, content).code(400, "InvalidRequest")
	c.do("PUT", at, content, "x-amz-checksum-crc32", sumOf(checksum.CRC32, content)).code(400, "InvalidRequest")
	c.do("PUT", at, content, "x-amz-checksum-sha256", sumOf(checksum.SHA256, nil)).code(400, "BadDigest")
	tag := c.do("PUT", at, content, "x-amz-checksum-sha256", sumOf(checksum.SHA256, content)).ok(200).Header.Get("ETag")
	complete(c, "k", id, listed("1", tag)).code(400, "InvalidRequest")
	wrong := strings.Replace(string(listed("1", tag)), "</ETag>", "</ETag><ChecksumSHA256>AAAA</ChecksumSHA256>", 1)
	complete(c, "k", id, []byte(wrong)).code(400, "InvalidPart")
	if a := c.do("GET", "/demo/k?uploadId="+id, nil).ok(200); !strings.Contains(string(a.body), "<ChecksumSHA256>"+sumOf(checksum.SHA256, content)) {
		t.Errorf("parts: %s", a.body)
	}
}

func TestS3DefaultChecksumOfPartsIsOfTheWhole(t *testing.T) {
	c := s3Client(t)
	id, body, contents := multipart(c, checksum.CRC32)
	complete(c, "k", id, body, "x-amz-mp-object-size", "1").code(400, "InvalidRequest")
	complete(c, "k", id, body).ok(200)
	c.do("HEAD", "/demo/k", nil, "x-amz-checksum-mode", "ENABLED").has("x-amz-checksum-crc64nvme", sumOf(checksum.CRC64NVME, bytes.Join(contents, nil)))
	c.do("GET", "/demo/k?partNumber=2", nil).ok(206).has("x-amz-mp-parts-count", "2").has("Content-Length", "4")
	c.do("GET", "/demo/k?partNumber=3", nil).code(416, "InvalidPartNumber")
}

func TestS3ConditionalWrites(t *testing.T) {
	c := s3Client(t)
	tag := c.do("PUT", "/demo/k", []byte("old"), "If-None-Match", "*").ok(200).Header.Get("ETag")
	c.do("PUT", "/demo/k", []byte("new"), "If-None-Match", "*").code(412, "PreconditionFailed")
	c.do("PUT", "/demo/k", []byte("new"), "If-Match", `"x"`).code(412, "PreconditionFailed")
	c.do("PUT", "/demo/gone", []byte("new"), "If-Match", `"x"`).code(404, "NoSuchKey")
	id := initiate(c, "k")
	body := listed("1", part(c, "k", id, 1, []byte("new")))
	complete(c, "k", id, body, "If-None-Match", "*").code(412, "PreconditionFailed")
	if a := c.do("GET", "/demo/k", nil).ok(200); string(a.body) != "old" {
		t.Errorf("the object became %q", a.body)
	}
	complete(c, "k", id, body, "If-Match", tag).ok(200)
}

func TestS3ErrorCodes(t *testing.T) {
	c := s3Client(t)
	c.do("PUT", "/demo/k", []byte("x")).ok(200)
	for _, x := range []struct {
		method, target string
		headers        []string
		status         int
		code           string
	}{
		{"PUT", "/demo/k", []string{"x-amz-storage-class", "COLD"}, 400, "InvalidStorageClass"},
		{"PUT", "/demo/k", []string{"x-amz-acl", "all"}, 400, "InvalidArgument"},
		{"GET", "/demo/k", []string{"x-amz-server-side-encryption", "AES256"}, 501, "NotImplemented"},
		{"PUT", "/demo/k", []string{"x-amz-grant-read", "id=x"}, 501, "NotImplemented"},
		{"PUT", "/demo/k", []string{"x-amz-meta-a", strings.Repeat("x", 9<<10)}, 400, "MetadataTooLarge"},
		{"PUT", "/demo/" + strings.Repeat("k", 1025), nil, 400, "KeyTooLongError"},
		{"PUT", "/demo/k", []string{"x-amz-copy-source", "/demo/k"}, 400, "InvalidRequest"},
		{"GET", "/demo?max-keys=-1", nil, 400, "InvalidArgument"},
		{"GET", "/demo/k", []string{"Range", "bytes=1-"}, 416, "InvalidRange"},
		{"PUT", "/demo?acl", nil, 501, "NotImplemented"},
	} {
		c.do(x.method, x.target, nil, x.headers...).code(x.status, x.code)
	}
	c.do("PUT", "/demo//leading", nil).ok(200)
	c.do("GET", "/demo?max-keys=0", nil).ok(200)
	c.do("GET", "/demo?max-keys=100000", nil).ok(200)
}

func TestS3Location(t *testing.T) {
	c := s3Client(t)
	if a := c.do("GET", "/demo?location", nil).ok(200); !strings.Contains(string(a.body), "></LocationConstraint>") {
		t.Errorf("location: %s", a.body)
	}
	c.do("HEAD", "/demo", nil).ok(200).has("x-amz-bucket-region", "us-east-1")
	initiate(c, "k")
	c.do("DELETE", "/demo", nil).ok(204)
}
