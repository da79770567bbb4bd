package devstore

import (
	"crypto/md5"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"testing"
)

func sequence(c client, key string) string {
	c.t.Helper()
	return read[struct {
		UploadID string `xml:"UploadId"`
	}](c.do("POST", "/demo/"+key+"?uploads&sequential", nil).ok(200)).UploadID
}

func TestOSSSequentialPartsComeOnceAndInOrder(t *testing.T) {
	o := options(t)
	s, h := start(t, o)
	c := client{t: t, base: h.URL, sign: signOSS}
	id := sequence(c, "k")
	at := func(number int) string { return "/demo/k?partNumber=" + strconv.Itoa(number) + "&uploadId=" + id }
	contents := [][]byte{pattern(100 << 10), pattern(100<<10 + 7), []byte("tail")}
	c.do("PUT", at(2), contents[1]).code(400, "PartNotSequential")
	one := c.do("PUT", at(1), contents[0]).ok(200).Header.Get("ETag")
	c.do("PUT", at(1), contents[0]).code(409, "PartAlreadyExist").has("x-oss-ec", "0042-00000108")
	c.do("PUT", at(3), contents[2]).code(400, "PartNotSequential")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, h = start(t, o) // what came before a restart is not forgotten, nor its MD5
	defer http.DefaultClient.CloseIdleConnections()
	c.base = h.URL
	c.do("PUT", at(1), contents[0]).code(409, "PartAlreadyExist")
	two := c.do("PUT", at(2), contents[1]).ok(200).Header.Get("ETag")
	three := c.do("PUT", at(3), contents[2]).ok(200).Header.Get("ETag")
	sum := md5.Sum(slices.Concat(contents...))
	want := base64.StdEncoding.EncodeToString(sum[:])
	complete(c, "k", id, listed("1", one, "2", two, "3", three)).ok(200).has("Content-MD5", want)
	c.do("HEAD", "/demo/k", nil).ok(200).has("Content-MD5", want).has("x-oss-object-type", "Multipart")
}

func TestOSSMD5IsNotOfPartsThatWereLeftOut(t *testing.T) {
	c := ossClient(t)
	id := sequence(c, "k")
	var tags []string
	for i := range 3 {
		tags = append(tags, part(c, "k", id, i+1, pattern(100<<10)))
	}
	complete(c, "k", id, listed("1", tags[0], "3", tags[2])).ok(200).has("Content-MD5", "")
	id = sequence(c, "head")
	tag := part(c, "head", id, 1, []byte("abc"))
	part(c, "head", id, 2, []byte("left out"))
	complete(c, "head", id, listed("1", tag)).ok(200).has("Content-MD5", "kAFQmDzST7DWlj99KOF/cg==")
	id = initiate(c, "free")
	complete(c, "free", id, listed("1", part(c, "free", id, 1, []byte("abc")))).ok(200).has("Content-MD5", "")
}
