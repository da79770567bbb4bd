package judge

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

func testPresigned(t *testing.T, c *court) {
	key, data := "presigned/a b+目/%", Bytes(300, 6)
	status, _ := c.fetch(http.MethodPut, key, data, "")
	if status != http.StatusOK {
		t.Fatalf("put: status %d", status)
	}
	c.holds(key, data)
	status, got := c.fetch(http.MethodGet, key, nil, "")
	if status != http.StatusOK || !bytes.Equal(got, data) {
		t.Errorf("get: status %d, %d bytes", status, len(got))
	}
	status, got = c.fetch(http.MethodGet, key, nil, "x")
	if status != http.StatusForbidden || !strings.Contains(string(got), "SignatureDoesNotMatch") {
		t.Errorf("get of another key: status %d, %s", status, got)
	}
}

// fetch does what was presigned, after it has added something to the key.
func (c *court) fetch(method, key string, data []byte, added string) (int, []byte) {
	c.t.Helper()
	url, header, err := c.Presign(c.ctx, method, key)
	c.must("presign", err)
	url = strings.Replace(url, "?", added+"?", 1)
	r, err := http.NewRequestWithContext(c.ctx, method, url, bytes.NewReader(data))
	c.must("request", err)
	for name := range header {
		if name != "Host" {
			r.Header.Set(name, header.Get(name))
		}
	}
	answer, err := c.Access.HTTP.Do(r)
	c.must("fetch", err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	c.must("read", err)
	return answer.StatusCode, body
}

func testAccessRefusals(t *testing.T, c *court) {
	for _, r := range []struct {
		name, code string
		spoil      func(*Access)
	}{
		{"wrong secret", "SignatureDoesNotMatch", func(a *Access) { a.Secret += "x" }},
		{"unknown key id", "InvalidAccessKeyId", func(a *Access) { a.ID += "x" }},
		{"no such bucket", "NoSuchBucket", func(a *Access) { a.Bucket = "no-such-bucket" }},
	} {
		t.Run(r.name, func(t *testing.T) {
			c := newCourt(t, c.Trial)
			r.spoil(&c.Access)
			spoilt := c.New(t, c.Access)
			_, err := spoilt.Put(c.ctx, "access/o", []byte("x"), Properties{})
			c.refused("put", err, r.code)
			_, err = spoilt.Get(c.ctx, "access/o", nil)
			c.refused("get", err, r.code)
			_, err = spoilt.List(c.ctx, 2, "", "", 10)
			c.refused("list", err, r.code)
			_, err = spoilt.Begin(c.ctx, "access/o", Properties{})
			c.refused("begin", err, r.code)
		})
	}
}
