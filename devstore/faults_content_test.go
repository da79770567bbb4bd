package devstore

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/crc64"
	"math/bits"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/devstore/internal/checksum"
)

// checksumOf returns the header by which a dialect states the checksum that it prefers, and its value.
func checksumOf(prefix string, content []byte) (header, value string) {
	if prefix == "x-oss-" {
		return "x-oss-hash-crc64ecma", strconv.FormatUint(crc64.Checksum(content, crc64.MakeTable(crc64.ECMA)), 10)
	}
	return "x-amz-checksum-crc64nvme", sumOf(checksum.CRC64NVME, content)
}

// etagOf returns the ETag of content that was put.
func etagOf(prefix string, content []byte) string {
	if prefix == "x-oss-" {
		return fmt.Sprintf(`"%X"`, md5.Sum(content))
	}
	return fmt.Sprintf(`"%x"`, md5.Sum(content))
}

func contentMD5(content []byte) string {
	sum := md5.Sum(content)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// differing returns how many bits differ.
func differing(a, b []byte) int {
	if len(a) != len(b) {
		return -1
	}
	n := 0
	for i := range a {
		n += bits.OnesCount8(a[i] ^ b[i])
	}
	return n
}

// stored returns the object of a key, which has to differ from what was sent by one bit, and to say so.
func (r mishap) stored(key string, sent []byte) []byte {
	r.t.Helper()
	got := r.do("GET", "/demo/"+key, nil, "x-amz-checksum-mode", "ENABLED").ok(200)
	if n := differing(got.body, sent); n != 1 {
		r.t.Fatalf("%d bits of the object differ from what was sent", n)
	}
	header, value := checksumOf(r.prefix, got.body)
	got.has(header, value)
	r.do("HEAD", "/demo/"+key, nil, "x-amz-checksum-mode", "ENABLED").ok(200).has(header, value)
	return got.body
}

var sizes = []int{1, 1000, 64<<10 + 1, 1<<20 + 7}

func TestFlippedBodyIsWhatTheAnswerSaysIsStored(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		for _, size := range sizes {
			sent := pattern(size)
			r.once(fault.Fault{Flip: true})
			a := r.do("PUT", "/demo/k", sent).ok(200)
			r.struck(1)
			stored := r.stored("k", sent)
			header, value := checksumOf(r.prefix, stored)
			a.has("ETag", etagOf(r.prefix, stored)).has(header, value)

			id := initiate(r.client, "k")
			r.once(fault.Fault{Flip: true})
			a = r.do("PUT", "/demo/k?partNumber=1&uploadId="+id, sent).ok(200)
			if a.Header.Get("ETag") != etagOf(r.prefix, stored) || a.Header.Get(header) != value {
				t.Errorf("the answer to a part is %v", a.Header)
			}
			r.do("DELETE", "/demo/k?uploadId="+id, nil).ok(204)
		}
		r.once(fault.Fault{Flip: true})
		r.do("PUT", "/demo/empty", nil).ok(200).has("ETag", etagOf(r.prefix, nil))
	})
}

func TestFlippedBodyIsRefusedIfTheRequestHasAChecksum(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		sent := pattern(100 << 10)
		codes := [2]string{"InvalidDigest", "InvalidCRC64"}
		if r.prefix == "x-amz-" {
			codes = [2]string{"BadDigest", "BadDigest"}
		}
		header, value := checksumOf(r.prefix, sent)
		r.script.Set(fault.Rule{Times: 2, Fault: fault.Fault{Flip: true}})
		r.do("PUT", "/demo/k", sent, "Content-MD5", contentMD5(sent)).code(400, codes[0])
		r.do("PUT", "/demo/k", sent, header, value).code(400, codes[1])
		r.struck(2)
		r.do("HEAD", "/demo/k", nil).ok(404)
	})
}

func TestS3FlippedBodyIsRefusedIfItsPayloadIsSigned(t *testing.T) {
	c, script := s3Rehearsal(t)
	content := []byte("hello, world")
	sum := sha256.Sum256(content)
	script.Set(fault.Rule{Times: 2, Fault: fault.Fault{Flip: true}})
	c.do("PUT", "/demo/k", content, "x-amz-content-sha256", hex.EncodeToString(sum[:])).code(400, "XAmzContentSHA256Mismatch")
	c.do("PUT", "/demo/k", trailed(content), chunkedHeaders(content)...).code(400, "BadDigest")
	c.do("HEAD", "/demo/k", nil).ok(404)
}

func TestS3HiddenDamageIsNotSeenBySignaturesOrTrailers(t *testing.T) {
	c, script := s3Rehearsal(t)
	content := []byte("hello, world")
	sum := sha256.Sum256(content)
	script.Set(fault.Rule{Op: fault.PutObject, Fault: fault.Fault{Hide: true}})
	for _, a := range []answer{
		c.do("PUT", "/demo/k", content, "x-amz-content-sha256", hex.EncodeToString(sum[:])),
		c.do("PUT", "/demo/k", trailed(content), chunkedHeaders(content)...),
	} {
		a.ok(200).has("ETag", etagOf("x-amz-", content))
		if got := c.do("GET", "/demo/k", nil).ok(200); differing(got.body, content) != 1 {
			t.Errorf("stored is %q", got.body)
		}
	}
}

func s3Rehearsal(t *testing.T) (client, *fault.Script) {
	o := options(t)
	o.Faults = new(fault.Script)
	_, h := start(t, o)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return client{t: t, base: h.URL, sign: signS3}, o.Faults
}

// trailed returns content in one chunk, with its checksum behind it.
func trailed(content []byte) []byte {
	return fmt.Appendf(nil, "%x\r\n%s\r\n0\r\nx-amz-checksum-crc32:%s\r\n\r\n", len(content), content, sumOf(checksum.CRC32, content))
}

func chunkedHeaders(content []byte) []string {
	return []string{"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-trailer", "x-amz-checksum-crc32",
		"x-amz-decoded-content-length", strconv.Itoa(len(content)), "Content-Encoding", "aws-chunked"}
}

func TestHiddenDamageOfAnObjectShowsInItsHead(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		for _, size := range sizes {
			sent := pattern(size)
			header, value := checksumOf(r.prefix, sent)
			r.once(fault.Fault{Hide: true})
			r.do("PUT", "/demo/k", sent, header, value, "Content-MD5", contentMD5(sent)).ok(200).
				has("ETag", etagOf(r.prefix, sent)).has(header, value)
			r.struck(1)
			stored := r.stored("k", sent)
			r.do("HEAD", "/demo/k", nil).ok(200).has("ETag", etagOf(r.prefix, stored))
		}
	})
}

// The parts are taken for what was sent, to the very end: only the checksum of the whole tells what was stored.
func TestHiddenDamageOfAPartShowsInTheWholeAlone(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		contents := [][]byte{pattern(least[r.prefix]), pattern(least[r.prefix] + 1), []byte("tail")}
		id := initiate(r.client, "k")
		r.script.Set(fault.Rule{Op: fault.SendPart, Part: 2, Fault: fault.Fault{Hide: true}})
		var body strings.Builder
		for i, content := range contents {
			header, value := checksumOf(r.prefix, content)
			a := r.do("PUT", fmt.Sprintf("/demo/k?partNumber=%d&uploadId=%s", i+1, id), content, header, value,
				"Content-MD5", contentMD5(content)).ok(200).has("ETag", etagOf(r.prefix, content)).has(header, value)
			fmt.Fprintf(&body, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag>", i+1, a.Header.Get("ETag"))
			if r.prefix == "x-amz-" {
				fmt.Fprintf(&body, "<ChecksumCRC64NVME>%s</ChecksumCRC64NVME>", value)
			}
			body.WriteString("</Part>")
		}
		r.struck(1)
		list := r.do("GET", "/demo/k?uploadId="+id, nil).ok(200)
		if _, value := checksumOf(r.prefix, contents[1]); !bytes.Contains(list.body, []byte(value)) {
			t.Errorf("the list of parts tells: %s", list.body)
		}
		done := complete(r.client, "k", id, []byte("<CompleteMultipartUpload>"+body.String()+"</CompleteMultipartUpload>")).ok(200)
		stored := r.stored("k", bytes.Join(contents, nil))
		if header, value := checksumOf(r.prefix, stored); done.Header.Get(header) != value && !bytes.Contains(done.body, []byte(value)) {
			t.Errorf("the completion does not tell: %v %s", done.Header, done.body)
		}
	})
}

func TestHiddenDamageOutlastsTheServer(t *testing.T) {
	o := options(t)
	o.Faults = fault.NewScript(1, fault.Rule{Op: fault.SendPart, Fault: fault.Fault{Hide: true}})
	s, h := start(t, o)
	defer http.DefaultClient.CloseIdleConnections()
	c := client{t: t, base: h.URL, sign: signOSS}
	id := initiate(c, "k")
	tag := part(c, "k", id, 1, []byte("content"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	o.Faults = nil
	_, h = start(t, o)
	c.base = h.URL
	_, value := checksumOf("x-oss-", []byte("content"))
	if got := complete(c, "k", id, listed("1", tag)).ok(200).Header.Get("x-oss-hash-crc64ecma"); got == value {
		t.Error("the checksum of the whole is that of what was sent")
	}
}
