package devstore

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// answered fails the test if not every answer of an object's life has the headers: name, value, name, value.
func answered(c client, asked []string, want ...string) {
	c.t.Helper()
	check := func(a answer) answer {
		c.t.Helper()
		for i := 0; i < len(want); i += 2 {
			a.has(want[i], want[i+1])
		}
		return a
	}
	check(c.do("PUT", "/demo/put", []byte("x"), asked...).ok(200))
	check(c.do("HEAD", "/demo/put", nil).ok(200))
	check(c.do("GET", "/demo/put", nil).ok(200))
	id := read[struct {
		UploadID string `xml:"UploadId"`
	}](check(c.do("POST", "/demo/k?uploads", nil, asked...).ok(200))).UploadID
	tag := check(c.do("PUT", "/demo/k?partNumber=1&uploadId="+id, []byte("x")).ok(200)).Header.Get("ETag")
	check(complete(c, "k", id, listed("1", tag)).ok(200))
	check(c.do("HEAD", "/demo/k", nil).ok(200))
}

func TestOSSEncryptionIsAnswered(t *testing.T) {
	c := ossClient(t)
	const sse, data, id = "x-oss-server-side-encryption", "x-oss-server-side-data-encryption", "x-oss-server-side-encryption-key-id"
	answered(c, []string{sse, "AES256"}, sse, "AES256", data, "", id, "")
	answered(c, []string{sse, "SM4"}, sse, "SM4")
	answered(c, []string{sse, "KMS", id, "key-1", data, "SM4"}, sse, "KMS", id, "key-1", data, "SM4")
	c.do("PUT", "/demo/copy", nil, "x-oss-copy-source", "/demo/k", sse, "AES256").ok(200).has(sse, "AES256")
	c.do("HEAD", "/demo/copy", nil).ok(200).has(sse, "AES256")
	c.do("PUT", "/demo/bad", nil, sse, "ROT13").code(400, "InvalidEncryptionAlgorithmError")
	for _, wrong := range [][]string{{id, "key-1"}, {sse, "AES256", id, "key-1"}, {sse, "AES256", data, "SM4"}, {sse, "KMS", data, "AES"}} {
		c.do("PUT", "/demo/bad", nil, wrong...).code(400, "InvalidArgument")
	}
	upload := initiate(c, "bad")
	c.do("PUT", "/demo/bad?partNumber=1&uploadId="+upload, []byte("x"), sse, "AES256").code(400, "InvalidArgument")
}

func TestS3EncryptionIsAnswered(t *testing.T) {
	c := s3Client(t)
	const sse, id, bucket = "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-server-side-encryption-bucket-key-enabled"
	answered(c, []string{sse, "AES256"}, sse, "AES256", id, "", bucket, "")
	answered(c, []string{sse, "aws:kms:dsse"}, sse, "aws:kms:dsse")
	answered(c, []string{sse, "aws:kms", id, "key-1", bucket, "true"}, sse, "aws:kms", id, "key-1", bucket, "true")
	client{t: t, base: c.base, sign: signOSS}.do("HEAD", "/demo/k", nil).ok(200).has("x-oss-server-side-encryption", "KMS")
	for _, wrong := range [][]string{{sse, "ROT13"}, {id, "key-1"}, {sse, "AES256", id, "key-1"}, {sse, "aws:kms", bucket, "maybe"}} {
		c.do("PUT", "/demo/bad", nil, wrong...).code(400, "InvalidArgument")
	}
}

// brought returns the headers by which a client brings a key of its own.
func brought(key []byte, prefix string) []string {
	sum := md5.Sum(key)
	name := prefix + "server-side-encryption-customer-"
	return []string{
		name + "algorithm", "AES256", name + "key", base64.StdEncoding.EncodeToString(key),
		name + "key-MD5", base64.StdEncoding.EncodeToString(sum[:]),
	}
}

func TestS3ObjectOpensToItsKeyAlone(t *testing.T) {
	o := options(t)
	_, h := start(t, o)
	defer http.DefaultClient.CloseIdleConnections()
	c := client{t: t, base: h.URL, sign: signS3}
	key, other := bytes.Repeat([]byte("k"), 32), bytes.Repeat([]byte("o"), 32)
	right, wrong := brought(key, "x-amz-"), brought(other, "x-amz-")
	check := func(a answer) { a.has(right[0], "AES256").has(right[4], right[5]).has(right[2], "") }
	check(c.do("PUT", "/demo/k", []byte("secret"), right...).ok(200))
	check(c.do("GET", "/demo/k", nil, right...).ok(200))
	check(c.do("HEAD", "/demo/k", nil, right...).ok(200))
	c.do("GET", "/demo/k", nil).code(400, "InvalidRequest")
	c.do("HEAD", "/demo/k", nil).ok(400)
	c.do("GET", "/demo/k", nil, wrong...).code(403, "AccessDenied")
	client{t: t, base: h.URL, sign: signOSS}.do("GET", "/demo/k", nil).code(403, "AccessDenied")
	c.do("PUT", "/demo/plain", []byte("x")).ok(200)
	c.do("GET", "/demo/plain", nil, right...).code(400, "InvalidRequest")
	c.do("PUT", "/demo/copy", nil, "x-amz-copy-source", "/demo/k").code(400, "InvalidRequest")
	c.do("PUT", "/demo/copy", nil, append(brought(key, "x-amz-copy-source-"), "x-amz-copy-source", "/demo/k")...).ok(200)
	c.do("GET", "/demo/copy", nil).ok(200)
	nowhere(t, o.Dir, key)
}

// nowhere fails the test if a file below dir holds the key, in any writing.
func nowhere(t *testing.T, dir string, key []byte) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, key) || bytes.Contains(content, []byte(base64.StdEncoding.EncodeToString(key))) {
			t.Errorf("%s holds the key", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestS3PartsNeedTheKeyOfTheirUpload(t *testing.T) {
	c := s3Client(t)
	right, wrong := brought(bytes.Repeat([]byte("k"), 32), "x-amz-"), brought(bytes.Repeat([]byte("o"), 32), "x-amz-")
	id := initiate(c, "k", right...)
	at := "/demo/k?partNumber=1&uploadId=" + id
	c.do("PUT", at, []byte("x")).code(400, "InvalidRequest")
	c.do("PUT", at, []byte("x"), wrong...).code(400, "InvalidRequest")
	tag := c.do("PUT", at, []byte("x"), right...).ok(200).has(right[4], right[5]).Header.Get("ETag")
	complete(c, "k", id, listed("1", tag), wrong...).code(400, "InvalidRequest")
	complete(c, "k", id, listed("1", tag), right...).ok(200).has(right[4], right[5])
	c.do("GET", "/demo/k", nil).code(400, "InvalidRequest")
	id = initiate(c, "plain")
	c.do("PUT", "/demo/plain?partNumber=1&uploadId="+id, []byte("x"), right...).code(400, "InvalidRequest")
	tag = part(c, "plain", id, 1, []byte("x"))
	complete(c, "plain", id, listed("1", tag)).ok(200).has(right[0], "")
}

func TestS3KeyThatIsNoneIsRefused(t *testing.T) {
	c := s3Client(t)
	change := func(i int, value string) []string {
		h := brought(bytes.Repeat([]byte("k"), 32), "x-amz-")
		h[i] = value
		return h
	}
	c.do("PUT", "/demo/k", nil, change(1, "ROT13")...).code(400, "InvalidEncryptionAlgorithmError")
	c.do("PUT", "/demo/k", nil, change(3, "c2hvcnQ=")...).code(400, "InvalidArgument")
	c.do("PUT", "/demo/k", nil, brought([]byte("short"), "x-amz-")...).code(400, "InvalidArgument")
	c.do("PUT", "/demo/k", nil, change(5, "1B2M2Y8AsgTpgAmY7PhCfg==")...).code(400, "InvalidArgument")
	c.do("PUT", "/demo/k", nil, append(change(1, "AES256"), "x-amz-server-side-encryption", "AES256")...).code(400, "InvalidArgument")
}
