package oss

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/sender"
)

func TestEndpoints(t *testing.T) {
	for _, c := range []struct{ endpoint, region, url, signed string }{
		{"", "cn-hangzhou", "https://bucket.oss-cn-hangzhou.aliyuncs.com/k", "cn-hangzhou"},
		{"", "oss-cn-hangzhou", "https://bucket.oss-cn-hangzhou.aliyuncs.com/k", "cn-hangzhou"},
		{"oss-cn-hangzhou.aliyuncs.com", "", "https://bucket.oss-cn-hangzhou.aliyuncs.com/k", "cn-hangzhou"},
		{"https://oss-us-west-1.aliyuncs.com/", "", "https://bucket.oss-us-west-1.aliyuncs.com/k", "us-west-1"},
		{"oss-cn-hangzhou-internal.aliyuncs.com", "", "https://bucket.oss-cn-hangzhou-internal.aliyuncs.com/k", "cn-hangzhou"},
		{"cn-hangzhou.oss.aliyuncs.com", "", "https://bucket.cn-hangzhou.oss.aliyuncs.com/k", "cn-hangzhou"},
		{"oss-accelerate.aliyuncs.com", "cn-beijing", "https://bucket.oss-accelerate.aliyuncs.com/k", "cn-beijing"},
		{"bucket.oss-cn-hangzhou.aliyuncs.com", "", "https://bucket.oss-cn-hangzhou.aliyuncs.com/k", "cn-hangzhou"},
		{"http://127.0.0.1:9090", "cn-hangzhou", "http://127.0.0.1:9090/bucket/k", "cn-hangzhou"},
		{"http://localhost:9090", "cn-hangzhou", "http://localhost:9090/bucket/k", "cn-hangzhou"},
		{"http://[::1]:9090", "cn-hangzhou", "http://[::1]:9090/bucket/k", "cn-hangzhou"},
		{"http://oss.example.com", "r1", "http://bucket.oss.example.com/k", "r1"},
	} {
		a, region, err := locate(Options{Bucket: "bucket", Endpoint: c.endpoint, Region: c.region})
		if err != nil {
			t.Errorf("%q: %v", c.endpoint, err)
			continue
		}
		if u, signed := a.url("k", ""); u.String() != c.url || region != c.signed || signed != "/bucket/k" {
			t.Errorf("%q: got %s, %s, %s", c.endpoint, u.String(), region, signed)
		}
	}
}

// Each way to a region has a name of its own; a domain that is bound to a bucket is used as it is, and signed for it.
func TestWaysToARegion(t *testing.T) {
	for _, c := range []struct {
		o    Options
		host string
	}{
		{Options{Region: "cn-hangzhou"}, "bucket.oss-cn-hangzhou.aliyuncs.com"},
		{Options{Region: "cn-hangzhou", Network: Internal}, "bucket.oss-cn-hangzhou-internal.aliyuncs.com"},
		{Options{Region: "cn-hangzhou", Network: Accelerate}, "bucket.oss-accelerate.aliyuncs.com"},
		{Options{Region: "cn-hangzhou", Network: DualStack}, "bucket.cn-hangzhou.oss.aliyuncs.com"},
		{Options{Region: "cn-hangzhou", Endpoint: "files.example.com", CNAME: true}, "files.example.com"},
	} {
		c.o.Bucket = "bucket"
		a, region, err := locate(c.o)
		if err != nil {
			t.Errorf("%s: %v", c.host, err)
			continue
		}
		u, signed := a.url("k", "")
		if u.String() != "https://"+c.host+"/k" || signed != "/bucket/k" || region != "cn-hangzhou" {
			t.Errorf("got %s, signed as %s in %s, want host %s", u.String(), signed, region, c.host)
		}
	}
}

func TestNetworkOfTheOptionsBeatsTheVariable(t *testing.T) {
	t.Setenv("OSS_ENDPOINT", "http://127.0.0.1:1")
	t.Setenv("OSS_REGION", "cn-beijing")
	for n, host := range map[Network]string{Public: "127.0.0.1:1", Internal: "bucket.oss-cn-beijing-internal.aliyuncs.com"} {
		s, err := New(t.Context(), Options{Bucket: "bucket", Network: n, Credentials: Static(canary)})
		if err != nil {
			t.Fatal(err)
		}
		if s.address.host != host {
			t.Errorf("%s: got %s, want %s", n, s.address.host, host)
		}
	}
}

func TestBucketThatIsNamedLikeAnEndpoint(t *testing.T) {
	a, _, err := locate(Options{Bucket: "oss-cn-hangzhou", Endpoint: "oss-cn-hangzhou.aliyuncs.com"})
	if err != nil || a.host != "oss-cn-hangzhou.oss-cn-hangzhou.aliyuncs.com" {
		t.Errorf("got %+v, %v", a, err)
	}
}

func TestConfigurationMistakesSayWhatToSet(t *testing.T) {
	for _, name := range []string{
		"OSS_ENDPOINT", "OSS_REGION", "OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
	} {
		t.Setenv(name, "")
	}
	keys := Static(canary)
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{}, "bucket"},
		{Options{Bucket: "Bad_Name"}, "bucket"},
		{Options{Bucket: "-ab"}, "bucket"},
		{Options{Bucket: "bucket"}, "OSS_REGION"},
		{Options{Bucket: "bucket", Endpoint: "http://127.0.0.1:1"}, "OSS_REGION"},
		{Options{Bucket: "bucket", Endpoint: "oss-accelerate.aliyuncs.com"}, "OSS_REGION"},
		{Options{Bucket: "bucket", Region: "CN Hangzhou"}, "cn-hangzhou"},
		{Options{Bucket: "bucket", Region: "cn-hangzhou"}, "OSS_ACCESS_KEY_ID"},
		{Options{Bucket: "bucket", Region: "r", Endpoint: "ftp://x", Credentials: keys}, "scheme"},
		{Options{Bucket: "bucket", Region: "r", Endpoint: "https://u:" + canarySecret + "@x", Credentials: keys}, "environment"},
		{Options{Bucket: "bucket", Region: "r", Endpoint: "https://" + canarySecret + "%zz", Credentials: keys}, "URL"},
		{Options{Bucket: "bucket", Region: "r", Endpoint: "https://x/path", Credentials: keys}, "path"},
		{Options{Bucket: "bucket", Region: "r", Endpoint: "x", Network: Internal, Credentials: keys}, "network internal"},
		{Options{Bucket: "bucket", Region: "r", CNAME: true, Credentials: keys}, "domain"},
		{Options{Bucket: "bucket", Region: "r", Endpoint: "x", CNAME: true, PathStyle: true, Credentials: keys}, "domain"},
		{Options{Bucket: "bucket", Region: "r", Credentials: Static(Credentials{})}, "empty"},
		{Options{Bucket: "bucket", Region: "r", Credentials: Static(Credentials{"a\n", canarySecret, ""})}, "blank"},
	} {
		_, err := New(t.Context(), c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want something about %s", c.o, err, c.want)
			continue
		}
		noSecret(t, err.Error())
	}
}

func TestEnvironmentIsRead(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want Credentials
		err  string
	}{
		{map[string]string{"OSS_ACCESS_KEY_ID": "a", "OSS_ACCESS_KEY_SECRET": "b", "OSS_SESSION_TOKEN": "c", "ALIBABA_CLOUD_ACCESS_KEY_ID": "x"}, Credentials{"a", "b", "c"}, ""},
		{map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": "a", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "b", "ALIBABA_CLOUD_SECURITY_TOKEN": "c"}, Credentials{"a", "b", "c"}, ""},
		{map[string]string{"OSS_ACCESS_KEY_ID": "a"}, Credentials{}, "OSS_ACCESS_KEY_SECRET is not"},
		{map[string]string{"OSS_ACCESS_KEY_SECRET": "b"}, Credentials{}, "OSS_ACCESS_KEY_ID is not"},
		{nil, Credentials{}, "set OSS_ACCESS_KEY_ID"},
	} {
		got, _, err := fromEnvironment(func(name string) string { return c.env[name] })
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%v: got %#v, %v", c.env, got, err)
		}
	}
}

func TestCredentialsPrintNoSecret(t *testing.T) {
	encoded, err := json.Marshal(map[string]any{"c": canary, "p": &canary})
	if err != nil {
		t.Fatal(err)
	}
	text := string(encoded) + canary.String() + canary.GoString()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		text += fmt.Sprintf(verb, canary) + fmt.Sprintf(verb, &canary) + fmt.Sprintf(verb, []Credentials{canary}) +
			fmt.Sprintf(verb, struct{ C Credentials }{canary}) + fmt.Sprintf(verb, Options{Credentials: Static(canary)})
	}
	noSecret(t, text)
	if !strings.Contains(text, canaryID) {
		t.Error("the key id does not show")
	}
}

func TestCheckRefusesWhatOSSWould(t *testing.T) {
	s := &Store{}
	long := func(n int) string { return strings.Repeat("x", n) }
	many := make(map[string]string)
	for i := range 11 {
		many[fmt.Sprint(i)] = ""
	}
	for name, o := range map[string]sender.Object{
		"no key":              {},
		"long key":            {Key: long(1024)},
		"not UTF-8":           {Key: "a\xff"},
		"slash":               {Key: "/a"},
		"backslash":           {Key: `\a`},
		"step in place":       {Key: "."},
		"step up":             {Key: ".."},
		"NUL":                 {Key: "a\x00"},
		"size":                {Key: "k", Size: maxObject + 1},
		"type with line feed": {Key: "k", ContentType: "text/plain\r\nX-Oss-Object-Acl: public-read"},
		"metadata underscore": {Key: "k", Metadata: map[string]string{"a_b": "c"}},
		"metadata name empty": {Key: "k", Metadata: map[string]string{"": "c"}},
		"metadata injection":  {Key: "k", Metadata: map[string]string{"a": "b\r\nx: y"}},
		"metadata blanks":     {Key: "k", Metadata: map[string]string{"a": " b"}},
		"metadata twice":      {Key: "k", Metadata: map[string]string{"a": "b", "A": "c"}},
		"metadata size":       {Key: "k", Metadata: map[string]string{"a": long(8 << 10)}},
		"tags":                {Key: "k", Tags: many},
		"tag name":            {Key: "k", Tags: map[string]string{"": "x"}},
		"long tag name":       {Key: "k", Tags: map[string]string{long(129): "x"}},
		"tag value":           {Key: "k", Tags: map[string]string{"a": "x&y"}},
		"long tag value":      {Key: "k", Tags: map[string]string{"a": long(257)}},
		"storage class":       {Key: "k", StorageClass: "GLACIER"},
		"ACL":                 {Key: "k", ACL: "everyone"},
	} {
		if err := s.Check(&o); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	for _, o := range []sender.Object{
		*object, {Key: "k", Size: -1}, {Key: "k", Size: maxObject}, {Key: long(1023)}, {Key: "a\n\t?uploads&acl#%2F\\"},
		{Key: "k", Metadata: map[string]string{"a": long(8<<10 - 1)}},
	} {
		if err := s.Check(&o); err != nil {
			t.Errorf("%.40q: %v", o.Key, err)
		}
	}
}
