package devstore

import (
	"encoding/base64"
	"encoding/xml"
	"hash/crc64"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func ossClient(t *testing.T) client {
	_, h := start(t, options(t))
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return client{t: t, base: h.URL, sign: signOSS}
}

func TestOSSHeadersOfEveryAnswer(t *testing.T) {
	c := ossClient(t)
	id := regexp.MustCompile(`^[0-9A-F]{24}$`)
	for _, a := range []answer{c.do("PUT", "/demo/k", []byte("x")).ok(200), c.do("GET", "/demo/gone", nil).ok(404), c.do("HEAD", "/demo/gone", nil).ok(404)} {
		if !id.MatchString(a.Header.Get("x-oss-request-id")) || a.Header.Get("x-oss-server-time") == "" || a.Header.Get("Date") == "" {
			t.Errorf("headers: %v", a.Header)
		}
		a.has("Server", "AliyunOSS")
	}
}

func TestOSSPutSaysWhatItReceived(t *testing.T) {
	c := ossClient(t)
	c.do("PUT", "/demo/k", []byte("123456789")).ok(200).has("ETag", `"25F9E794323B453885F5181F1B624D0B"`).
		has("Content-MD5", "JfnnlDI7RTiF9RgfG2JNCw==").has("x-oss-hash-crc64ecma", "11051210869376104954")
	for _, a := range []answer{c.do("HEAD", "/demo/k", nil), c.do("HEAD", "/demo/k?objectMeta", nil)} {
		a.ok(200).has("ETag", `"25F9E794323B453885F5181F1B624D0B"`).has("Content-Length", "9").has("x-oss-hash-crc64ecma", "11051210869376104954")
	}
	c.do("PUT", "/demo/empty", nil).ok(200).has("x-oss-hash-crc64ecma", "0")
	c.do("PUT", "/demo/k", []byte("123456789"), "x-oss-hash-crc64ecma", "1").code(400, "InvalidCRC64")
	id := initiate(c, "p")
	c.do("PUT", "/demo/p?partNumber=1&uploadId="+id, []byte("123456789")).ok(200).has("x-oss-hash-crc64ecma", "11051210869376104954")
}

func TestOSSHeadOfNothingExplainsItselfInAHeader(t *testing.T) {
	c := ossClient(t)
	a := c.do("HEAD", "/demo/gone", nil).ok(404).has("x-oss-ec", "0026-00000001")
	text, err := base64.StdEncoding.DecodeString(a.Header.Get("x-oss-err"))
	var e struct{ Code, EC, RequestID string }
	if err == nil {
		err = xml.Unmarshal(text, &e)
	}
	if err != nil || e.Code != "NoSuchKey" || e.EC != "0026-00000001" {
		t.Errorf("%v: %s", err, text)
	}
}

func TestOSSErrorCodes(t *testing.T) {
	c := ossClient(t)
	c.do("PUT", "/demo/k", []byte("x")).ok(200)
	id := initiate(c, "k")
	for _, x := range []struct {
		method, target string
		headers        []string
		status         int
		code, ec       string
	}{
		{"GET", "/gone/k", nil, 404, "NoSuchBucket", "0015-00000101"},
		{"GET", "/demo/gone", nil, 404, "NoSuchKey", "0026-00000001"},
		{"PUT", "/demo/k?partNumber=1&uploadId=X", nil, 404, "NoSuchUpload", "0042-00000104"},
		{"GET", "/demo/k?uploadId=X", nil, 404, "NoSuchUpload", "0042-00000002"},
		{"PUT", "/demo/k?partNumber=1&uploadId=X", []string{"x-oss-copy-source", "/demo/k"}, 404, "NoSuchUpload", "0042-00000311"},
		{"POST", "/demo/k?uploadId=" + id, nil, 400, "MalformedXML", "0042-00000205"},
		{"PUT", "/demo/k", []string{"x-oss-forbid-overwrite", "true"}, 409, "FileAlreadyExists", ""},
		{"PUT", "/demo/k", []string{"x-oss-forbid-overwrite", "maybe"}, 400, "InvalidArgument", "0017-00000279"},
		{"PUT", "/demo/k", []string{"x-oss-storage-class", "Cold"}, 400, "InvalidArgument", ""},
		{"PUT", "/demo/k", []string{"x-oss-object-acl", "all"}, 400, "InvalidArgument", ""},
		{"PUT", "/demo/copy", []string{"x-oss-copy-source", "/demo/k", "x-oss-callback", "e30="}, 501, "NotImplemented", ""},
		{"GET", "/demo/k", []string{"x-oss-server-side-encryption", "AES256"}, 501, "NotImplemented", ""},
		{"PUT", "/demo/k", []string{"x-oss-meta-a", strings.Repeat("x", 9<<10)}, 400, "InvalidArgument", ""},
		{"PUT", "/demo//k", nil, 400, "InvalidObjectName", ""},
		{"PUT", `/demo/\k`, nil, 400, "InvalidObjectName", ""},
		{"PUT", "/demo/" + strings.Repeat("k", 1024), nil, 400, "InvalidObjectName", ""},
		{"GET", "/demo?max-keys=0", nil, 400, "InvalidArgument", ""},
		{"GET", "/demo?max-keys=1001", nil, 400, "InvalidArgument", ""},
		{"GET", "/demo?encoding-type=base64", nil, 400, "InvalidArgument", ""},
		{"GET", "/demo?list-type=2&continuation-token=%21", nil, 400, "InvalidArgument", ""},
		{"PUT", "/a.b", nil, 400, "InvalidBucketName", ""},
	} {
		a := c.do(x.method, x.target, nil, x.headers...).code(x.status, x.code)
		if x.ec != "" {
			a.has("x-oss-ec", x.ec)
		}
	}
}

func TestOSSCompleteAll(t *testing.T) {
	c := ossClient(t)
	id := initiate(c, "k")
	complete(c, "k", id, nil, "x-oss-complete-all", "yes").code(400, "InvalidPart")
	part(c, "k", id, 3, []byte("tail"))
	part(c, "k", id, 2, make([]byte, 100<<10))
	complete(c, "k", id, listed("3", "x"), "x-oss-complete-all", "yes").code(400, "InvalidArgument").has("x-oss-ec", "0042-00000216")
	complete(c, "k", id, nil, "x-oss-complete-all", "no").code(400, "InvalidArgument")
	complete(c, "k", id, nil, "x-oss-complete-all", "yes", "x-oss-object-acl", "public-read").ok(200)
	c.do("HEAD", "/demo/k", nil).ok(200).has("Content-Length", strconv.Itoa(100<<10+4))
	if a := c.do("GET", "/demo/k?acl", nil); !strings.Contains(string(a.body), "<Grant>public-read</Grant>") {
		t.Errorf("acl: %s", a.body)
	}
}

func TestOSSForbiddenOverwriteKeepsTheObject(t *testing.T) {
	c := ossClient(t)
	c.do("PUT", "/demo/k", []byte("old"), "x-oss-forbid-overwrite", "true").ok(200)
	id := initiate(c, "k")
	tag := part(c, "k", id, 1, []byte("new"))
	complete(c, "k", id, listed("1", tag), "x-oss-forbid-overwrite", "true").code(409, "FileAlreadyExists").has("x-oss-ec", "0042-00000214")
	c.do("PUT", "/demo/k", nil, "x-oss-copy-source", "/demo/k", "x-oss-forbid-overwrite", "true").code(409, "FileAlreadyExists")
	if a := c.do("GET", "/demo/k", nil).ok(200); string(a.body) != "old" {
		t.Errorf("the object became %q", a.body)
	}
	complete(c, "k", id, listed("1", tag)).ok(200)
}

func TestOSSRanges(t *testing.T) {
	c := ossClient(t)
	c.do("PUT", "/demo/k", []byte("0123456789")).ok(200)
	for _, x := range []struct {
		rng      string
		standard bool
		status   int
		body     string
	}{
		{"bytes=2-4", false, 206, "234"}, {"bytes=7-", false, 206, "789"}, {"bytes=-3", false, 206, "789"}, {"bytes=0-9", false, 206, "0123456789"},
		{"bytes=5-20", false, 200, "0123456789"}, {"bytes=10-", false, 200, "0123456789"}, {"bytes=-20", false, 200, "0123456789"},
		{"byte=2-4", false, 200, "0123456789"}, {"bytes=4-2", false, 200, "0123456789"}, {"bytes=1-2,4-5", false, 200, "0123456789"},
		{"bytes=5-20", true, 206, "56789"}, {"bytes=-20", true, 206, "0123456789"}, {"bytes=10-", true, 416, ""}, {"bytes=10-20", true, 416, ""},
	} {
		headers := []string{"Range", x.rng}
		if x.standard {
			headers = append(headers, "x-oss-range-behavior", "standard")
		}
		a := c.do("GET", "/demo/k", nil, headers...).ok(x.status)
		if x.status != 416 && string(a.body) != x.body {
			t.Errorf("%s: %q", x.rng, a.body)
		}
	}
	c.do("GET", "/demo/k", nil, "Range", "bytes=2-4").has("Content-Range", "bytes 2-4/10").has("Content-Length", "3")
}

func TestOSSChunkedBodyIsTaken(t *testing.T) {
	c := ossClient(t)
	content := pattern(700 << 10)
	r := c.request("PUT", "/demo/k", "", content)
	r.ContentLength = -1
	c.send(r).ok(200).has("x-oss-hash-crc64ecma", strconv.FormatUint(crc64.Checksum(content, crc64.MakeTable(crc64.ECMA)), 10))
}

func TestOSSBucketInfo(t *testing.T) {
	c := ossClient(t)
	c.do("PUT", "/other", []byte("<CreateBucketConfiguration><StorageClass>IA</StorageClass></CreateBucketConfiguration>"), "x-oss-acl", "public-read").ok(200)
	type info struct {
		Bucket struct {
			Name, Location, StorageClass, CreationDate string
			Grant                                      string `xml:"AccessControlList>Grant"`
		}
	}
	got := read[info](c.do("GET", "/other?bucketInfo", nil).ok(200)).Bucket
	if got.Name != "other" || got.Location != "oss-cn-hangzhou" || got.StorageClass != "IA" || got.Grant != "public-read" {
		t.Errorf("%+v", got)
	}
	c.do("PUT", "/other?acl", nil, "x-oss-acl", "private").ok(200)
	if a := c.do("GET", "/other?acl", nil).ok(200); !strings.Contains(string(a.body), "<Grant>private</Grant>") {
		t.Errorf("acl: %s", a.body)
	}
	if a := c.do("GET", "/other?location", nil).ok(200); !strings.Contains(string(a.body), ">oss-cn-hangzhou<") {
		t.Errorf("location: %s", a.body)
	}
	initiate(c, "k")
	c.do("DELETE", "/demo", nil).code(409, "BucketNotEmpty")
}
