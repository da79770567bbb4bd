package devstore

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

func TestObjectComesBackAsItWent(t *testing.T) {
	dialects(t, func(t *testing.T, c client, prefix string) {
		for _, size := range []int{0, 1, 64 << 10, 64<<10 + 1, 256 << 10, 1<<20 + 7} {
			content := pattern(size)
			c.do("PUT", "/demo/a/b.bin", content, "Content-Type", "text/x-test", "Cache-Control", "no-cache",
				"Content-Disposition", "inline", "Content-Encoding", "identity", "Expires", "Thu, 01 Dec 2033 16:00:00 GMT",
				prefix+"meta-Colour", "blue", prefix+"tagging", "a=1&b=2").ok(200)
			got := c.do("GET", "/demo/a/b.bin", nil).ok(200)
			if !bytes.Equal(got.body, content) {
				t.Fatalf("%d bytes came back as %d others", size, len(got.body))
			}
			for _, a := range []answer{got, c.do("HEAD", "/demo/a/b.bin", nil).ok(200)} {
				a.has("Content-Length", strconv.Itoa(size)).has("Content-Type", "text/x-test").
					has("Cache-Control", "no-cache").has("Content-Disposition", "inline").
					has("Content-Encoding", "identity").has("Expires", "Thu, 01 Dec 2033 16:00:00 GMT").
					has(prefix+"meta-colour", "blue").has(prefix+"tagging-count", "2").has("Accept-Ranges", "bytes")
			}
		}
	})
}

func TestSubresourceIsNeverTakenForAnObject(t *testing.T) {
	dialects(t, func(t *testing.T, c client, _ string) {
		c.do("PUT", "/demo/k", []byte("content")).ok(200)
		for _, sub := range []string{"retention", "legal-hold", "restore", "versionId=1", "append&position=0", "symlink", "uploads&restore", "policy", "select&select-type=2"} {
			for _, method := range []string{"PUT", "GET", "POST", "DELETE"} {
				c.do(method, "/demo/k?"+sub, []byte("other")).code(501, "NotImplemented")
			}
		}
		for _, sub := range []string{"lifecycle", "policy", "versions", "cors", "website", "replication"} {
			for _, method := range []string{"PUT", "GET", "DELETE"} {
				c.do(method, "/demo?"+sub, nil).code(501, "NotImplemented")
			}
		}
		c.do("POST", "/demo/", nil).code(501, "NotImplemented")
		c.do("PATCH", "/demo/k", nil).code(405, "MethodNotAllowed")
		if got := c.do("GET", "/demo/k", nil).ok(200); string(got.body) != "content" {
			t.Errorf("the object became %q", got.body)
		}
	})
}

// awkward are keys that a careless store loses, mixes up, or writes elsewhere.
var awkward = []string{
	"a", "a/", "a//b", "a/b/", ".", "..", "../x", "../../etc/passwd", "a/../b", "./a", ".hidden", "...", "%", "%2F", "%252e%252e/",
	"a+b", "a b", "a?b", "a#b", "a&b=c", "a=b", "~!*'()", "日本語/キー", "é", "é", "\U0001F600", "con", "NUL", "aux.txt", "A", "a:b",
	"a\\b", "a\tb", "a\nb", "a\x01b", `"<&>'`, "trailing.", "trailing ", " leading", strings.Repeat("k", 1023), strings.Repeat("é/", 341),
	"objects", "bucket.json", "tmp/x", "-", "--", ";", "a;b", "a,b", "{}[]|^`", "\u007f",
}

func TestAwkwardKeysAreKeptApartAndInside(t *testing.T) {
	for name, s := range map[string]sign{"OSS": signOSS, "S3": signS3} {
		t.Run(name, func(t *testing.T) {
			o := options(t)
			parent := t.TempDir()
			o.Dir = filepath.Join(parent, "store")
			_, h := start(t, o)
			defer http.DefaultClient.CloseIdleConnections()
			c := client{t: t, base: h.URL, sign: s}
			for _, key := range awkward {
				c.send(c.request("PUT", "/demo/"+key, "", []byte("content of "+key))).ok(200)
			}
			for _, key := range awkward {
				if got := c.send(c.request("GET", "/demo/"+key, "", nil)).ok(200); string(got.body) != "content of "+key {
					t.Errorf("%q holds %q", key, got.body)
				}
			}
			for _, key := range awkward {
				c.send(c.request("DELETE", "/demo/"+key, "", nil)).ok(204)
				c.send(c.request("HEAD", "/demo/"+key, "", nil)).ok(404)
			}
			inside(t, parent, o.Dir)
		})
	}
}

// inside fails the test if anything lies in parent besides dir, or may be read by others.
func inside(t *testing.T, parent, dir string) {
	entries, err := os.ReadDir(parent)
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the store: %v, %v", entries, err)
	}
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %s", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestKeyMayBeEscapedWhole(t *testing.T) {
	_, h := start(t, options(t))
	defer http.DefaultClient.CloseIdleConnections()
	c := client{t: t, base: h.URL, sign: signOSS}
	r := c.request("PUT", "/demo/a/b%2Fc", "", []byte("x"))
	r.URL.RawPath = "/demo/a%2Fb%252Fc"
	c.send(r).ok(200)
	c.do("HEAD", "/demo/a/b%2Fc", nil).ok(200)
	c.do("HEAD", "/demo/a/b/c", nil).ok(404)
}

func TestWrongMD5LeavesTheOldObject(t *testing.T) {
	codes := map[string]string{"x-oss-": "InvalidDigest", "x-amz-": "BadDigest"}
	dialects(t, func(t *testing.T, c client, prefix string) {
		sum := md5.Sum([]byte("old"))
		right := base64.StdEncoding.EncodeToString(sum[:])
		c.do("PUT", "/demo/k", []byte("old"), "Content-MD5", right).ok(200)
		c.do("PUT", "/demo/k", []byte("new"), "Content-MD5", right).code(400, codes[prefix])
		c.do("PUT", "/demo/k", []byte("new"), "Content-MD5", "nonsense").code(400, "InvalidDigest")
		if got := c.do("GET", "/demo/k", nil); string(got.body) != "old" {
			t.Errorf("the object became %q", got.body)
		}
	})
}

func TestConditionsOnAnObject(t *testing.T) {
	dialects(t, func(t *testing.T, c client, _ string) {
		etag := c.do("PUT", "/demo/k", []byte("content")).ok(200).Header.Get("ETag")
		modified := c.do("HEAD", "/demo/k", nil).Header.Get("Last-Modified")
		const past, future = "Mon, 02 Jan 2006 15:04:05 GMT", "Mon, 02 Jan 2096 15:04:05 GMT"
		for _, x := range []struct {
			header, value string
			status        int
		}{
			{"If-Match", etag, 200}, {"If-Match", strings.Trim(etag, `"`), 200}, {"If-Match", "*", 200}, {"If-Match", `"x"`, 412},
			{"If-None-Match", etag, 304}, {"If-None-Match", `"x"`, 200}, {"If-None-Match", `"x", ` + etag, 304},
			{"If-Modified-Since", modified, 304}, {"If-Modified-Since", past, 200}, {"If-Modified-Since", "nonsense", 200},
			{"If-Unmodified-Since", modified, 200}, {"If-Unmodified-Since", past, 412}, {"If-Unmodified-Since", future, 200},
		} {
			c.do("HEAD", "/demo/k", nil, x.header, x.value).ok(x.status)
			got := c.do("GET", "/demo/k", nil, x.header, x.value)
			if got.ok(x.status).has("ETag", etag); x.status == 412 {
				got.code(412, "PreconditionFailed")
			}
		}
	})
}

func TestBucketThatIsNotThere(t *testing.T) {
	dialects(t, func(t *testing.T, c client, _ string) {
		for _, target := range []string{"GET /gone", "GET /gone?location", "GET /gone?uploads", "GET /gone?list-type=2",
			"DELETE /gone", "GET /gone/k", "PUT /gone/k", "DELETE /gone/k", "POST /gone/k?uploads", "PUT /gone/k?partNumber=1&uploadId=X",
			"GET /gone/k?uploadId=X", "POST /gone?delete", "GET /gone?acl", "GET /gone/k?tagging"} {
			method, path, _ := strings.Cut(target, " ")
			c.do(method, path, nil).code(404, "NoSuchBucket")
		}
		c.do("HEAD", "/gone", nil).ok(404)
		c.do("GET", "/No_Bucket", nil).code(400, "InvalidBucketName")
		c.do("PUT", "/No_Bucket", nil).code(400, "InvalidBucketName")
	})
}

func TestBucketsComeAndGo(t *testing.T) {
	exists := map[string]string{"x-oss-": "BucketAlreadyExists", "x-amz-": "BucketAlreadyOwnedByYou"}
	dialects(t, func(t *testing.T, c client, prefix string) {
		c.do("PUT", "/other", nil).ok(200)
		c.do("PUT", "/other", nil).code(409, exists[prefix])
		c.do("HEAD", "/other", nil).ok(200)
		type list struct {
			Buckets []struct{ Name string } `xml:"Buckets>Bucket"`
		}
		if got := read[list](c.do("GET", "/", nil).ok(200)); len(got.Buckets) != 2 || got.Buckets[1].Name != "other" {
			t.Errorf("buckets: %+v", got)
		}
		c.do("PUT", "/other/k", nil).ok(200)
		c.do("DELETE", "/other", nil).code(409, "BucketNotEmpty")
		c.do("DELETE", "/other/k", nil).ok(204)
		c.do("DELETE", "/other", nil).ok(204)
		c.do("DELETE", "/other", nil).code(404, "NoSuchBucket")
	})
}

func TestConcurrentPutsOfOneKeyAreNeverMixed(t *testing.T) {
	dialects(t, func(t *testing.T, c client, _ string) {
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				content := bytes.Repeat([]byte{byte('a' + i)}, 100<<10)
				for range 5 {
					c.do("PUT", "/demo/k", content).ok(200)
					got := c.do("GET", "/demo/k", nil).ok(200).body
					if len(got) != 100<<10 || strings.Trim(string(got), string(got[:1])) != "" {
						t.Errorf("%d bytes that begin with %q are a mix", len(got), got[:1])
					}
				}
			})
		}
		wg.Wait()
	})
}

func TestListingPagesAreCompleteAndInByteOrder(t *testing.T) {
	type page struct {
		Contents       []struct{ Key string }
		CommonPrefixes []struct{ Prefix string }
		IsTruncated    bool
		KeyCount       int
		Marker         string `xml:"NextMarker"`
		Token          string `xml:"NextContinuationToken"`
	}
	dialects(t, func(t *testing.T, c client, _ string) {
		for _, key := range []string{"a", "a/b", "a/b/c", "a0", "b/1", "b/2", "b/3", "c", "z é", "日"} {
			c.do("PUT", "/demo/"+key, nil).ok(200)
		}
		for _, x := range []struct{ query, want string }{
			{"", "a a%2Fb a%2Fb%2Fc a0 b%2F1 b%2F2 b%2F3 c z%20%C3%A9 %E6%97%A5"},
			{"&delimiter=%2F", "a a%2F a0 b%2F c z%20%C3%A9 %E6%97%A5"},
			{"&prefix=a", "a a%2Fb a%2Fb%2Fc a0"},
			{"&prefix=b%2F&delimiter=%2F", "b%2F1 b%2F2 b%2F3"},
			{"&prefix=nothing", ""},
		} {
			for _, version := range []string{"list-type=2", "delimiter="} {
				for _, size := range []int{1, 2, 3, 1000} {
					var names []string
					next := ""
					for range 20 {
						target := fmt.Sprintf("/demo?%s&encoding-type=url&max-keys=%d%s%s", version, size, x.query, next)
						target = strings.Replace(target, "delimiter=&", "", 1)
						p := read[page](c.do("GET", target, nil).ok(200))
						var here []string
						for _, o := range p.Contents {
							here = append(here, o.Key)
						}
						for _, o := range p.CommonPrefixes {
							here = append(here, o.Prefix)
						}
						if len(here) > size {
							t.Fatalf("%s: %d names", target, len(here))
						}
						names = append(names, here...)
						if next = after(p.Token, p.Marker, here); !p.IsTruncated {
							break
						}
					}
					got := strings.ReplaceAll(strings.Join(sortedNames(names), " "), "/", "%2F")
					if want := strings.Join(sortedNames(strings.Fields(x.want)), " "); got != want {
						t.Errorf("%s %s by %d: %s, want %s", version, x.query, size, got, want)
					}
				}
			}
		}
	})
}

// after returns the parameter that asks for the next page.
func after(token, marker string, names []string) string {
	switch {
	case token != "":
		return "&continuation-token=" + token
	case marker != "":
		return "&marker=" + strings.ReplaceAll(marker, "/", "%2F") // escaped but for the slash
	case len(names) > 0:
		return "&marker=" + strings.ReplaceAll(names[len(names)-1], "/", "%2F")
	}
	return ""
}

func TestTaggingAndACL(t *testing.T) {
	dialects(t, func(t *testing.T, c client, prefix string) {
		header := map[string]string{"x-oss-": "x-oss-object-acl", "x-amz-": "x-amz-acl"}[prefix]
		c.do("PUT", "/demo/k", []byte("x")).ok(200)
		c.do("PUT", "/demo/k?tagging", []byte(`<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>`)).ok(200)
		type tags struct {
			Tags []struct{ Key, Value string } `xml:"TagSet>Tag"`
		}
		if got := read[tags](c.do("GET", "/demo/k?tagging", nil).ok(200)); len(got.Tags) != 1 || got.Tags[0].Value != "1" {
			t.Errorf("tags: %+v", got)
		}
		c.do("PUT", "/demo/k?tagging", []byte(`<Tagging><TagSet><Tag><Key>a</Key></Tag><Tag><Key>a</Key></Tag></TagSet></Tagging>`)).code(400, "InvalidTag")
		c.do("PUT", "/demo/k?tagging", []byte(`<Other/>`)).code(400, "MalformedXML")
		c.do("DELETE", "/demo/k?tagging", nil).ok(204)
		c.do("PUT", "/demo/k", []byte("x"), prefix+"tagging", "a=1&a=2").code(400, "InvalidTag")
		c.do("PUT", "/demo/k?acl", nil, header, "public-read").ok(200)
		c.do("PUT", "/demo/k?acl", nil, header, "nonsense").code(400, "InvalidArgument")
		if got := c.do("GET", "/demo/k?acl", nil).ok(200); !bytes.Contains(got.body, []byte("AccessControlPolicy")) {
			t.Errorf("acl: %s", got.body)
		}
		c.do("GET", "/demo/gone?tagging", nil).code(404, "NoSuchKey")
		c.do("PUT", "/demo/gone?acl", nil, header, "private").code(404, "NoSuchKey")
	})
}

func TestReopenedStoreHasEverything(t *testing.T) {
	o := options(t)
	o.NoSync = false
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(o); err == nil {
		t.Error("two servers have one directory")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, h := start(t, o)
	defer http.DefaultClient.CloseIdleConnections()
	c := client{t: t, base: h.URL, sign: signOSS}
	c.do("PUT", "/demo/k", pattern(300<<10)).ok(200)
}
