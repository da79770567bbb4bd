package devstore

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

const versioningOn = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"

func TestVersioningIsKeptAndGivesIds(t *testing.T) {
	dialects(t, func(t *testing.T, c client, prefix string) {
		state := func() string {
			return read[struct{ Status string }](c.do("GET", "/demo?versioning", nil).ok(200)).Status
		}
		c.do("PUT", "/demo/before", []byte("x")).ok(200).has(prefix+"version-id", "")
		if got := state(); got != "" {
			t.Errorf("a new bucket is %q", got)
		}
		for _, wrong := range []string{"", "<VersioningConfiguration/>", strings.Replace(versioningOn, "Enabled", "On", 1), strings.ReplaceAll(versioningOn, "VersioningConfiguration", "Versioning")} {
			c.do("PUT", "/demo?versioning", []byte(wrong)).code(400, "MalformedXML")
		}
		c.do("PUT", "/demo?versioning", []byte(versioningOn)).ok(200)
		if got := state(); got != "Enabled" {
			t.Errorf("it became %q", got)
		}
		first := c.do("PUT", "/demo/k", []byte("x")).ok(200).Header.Get(prefix + "version-id")
		second := c.do("PUT", "/demo/k", []byte("x")).ok(200).Header.Get(prefix + "version-id")
		if first == "" || first == second {
			t.Errorf("ids %q and %q", first, second)
		}
		c.do("HEAD", "/demo/k", nil).ok(200).has(prefix+"version-id", second)
		c.do("PUT", "/demo?versioning", []byte(strings.Replace(versioningOn, "Enabled", "Suspended", 1))).ok(200)
		id := initiate(c, "k")
		complete(c, "k", id, listed("1", part(c, "k", id, 1, []byte("x")))).ok(200).has(prefix+"version-id", "null")
		c.do("PUT", "/demo/copy", nil, prefix+"copy-source", "/demo/k").ok(200).has(prefix+"version-id", "null")
	})
}

func TestVersioningOutlivesARestart(t *testing.T) {
	o := options(t)
	s, h := start(t, o)
	c := client{t: t, base: h.URL, sign: signOSS}
	c.do("PUT", "/demo?versioning", []byte(versioningOn)).ok(200)
	id := c.do("PUT", "/demo/k", []byte("x")).ok(200).Header.Get("x-oss-version-id")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, h = start(t, o)
	defer http.DefaultClient.CloseIdleConnections()
	c.base = h.URL
	c.do("HEAD", "/demo/k", nil).ok(200).has("x-oss-version-id", id)
	if a := c.do("GET", "/demo?bucketInfo", nil).ok(200); !strings.Contains(string(a.body), "<Versioning>Enabled<") {
		t.Errorf("bucket info: %s", a.body)
	}
}

// Where an object's versions are kept nothing is overwritten, so there is nothing to forbid.
func TestOSSForbidOverwriteAndVersions(t *testing.T) {
	c := ossClient(t)
	const forbid = "x-oss-forbid-overwrite"
	each := func(check func(a answer)) {
		id := initiate(c, "k")
		tag := part(c, "k", id, 1, []byte("x"))
		check(c.do("PUT", "/demo/k", []byte("x"), forbid, "true"))
		check(c.do("PUT", "/demo/k", nil, "x-oss-copy-source", "/demo/k", forbid, "true"))
		check(c.do("POST", "/demo/k?uploads", nil, forbid, "true"))
		check(complete(c, "k", id, listed("1", tag), forbid, "true"))
	}
	c.do("POST", "/demo/k?uploads", nil, forbid, "true").ok(200)
	c.do("POST", "/demo/k?uploads", nil, forbid, "maybe").code(400, "InvalidArgument").has("x-oss-ec", "0017-00000279")
	c.do("PUT", "/demo/k", []byte("old"), forbid, "true").ok(200)
	each(func(a answer) { a.code(409, "FileAlreadyExists") })
	for _, state := range []string{"Enabled", "Suspended"} {
		c.do("PUT", "/demo?versioning", []byte(strings.Replace(versioningOn, "Enabled", state, 1))).ok(200)
		each(func(a answer) { a.ok(200) })
	}
}

// S3 tells a writer whose object was deleted while it wrote from one that came too late. The server asks for the
// content only after it has looked at what is there.
func TestS3ConditionalWriteDuringADeleteConflicts(t *testing.T) {
	c := s3Client(t)
	c.do("PUT", "/demo/k", []byte("old")).ok(200)
	r := c.request("PUT", "/demo/k", "", nil, "If-None-Match", "*")
	r.Header.Set("Expect", "100-continue")
	r.Body, r.GetBody, r.ContentLength = io.NopCloser(&late{do: func() { c.do("DELETE", "/demo/k", nil).ok(204) }, r: strings.NewReader("new")}), nil, 3
	c.send(r).code(409, "ConditionalRequestConflict")
	c.do("PUT", "/demo/k", []byte("new"), "If-None-Match", "*").ok(200)
}

// late is a body before which something happens.
type late struct {
	do func()
	r  io.Reader
}

func (l *late) Read(p []byte) (int, error) {
	if l.do != nil {
		l.do()
		l.do = nil
	}
	return l.r.Read(p)
}
