package s3

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// cleanAWS makes sure that no configuration of this machine is found, and returns a file for one.
func cleanAWS(t *testing.T, variables ...string) (file string) {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	file = filepath.Join(t.TempDir(), "config")
	t.Setenv("AWS_CONFIG_FILE", file)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file+".none")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	for i := 0; i < len(variables); i += 2 {
		t.Setenv(variables[i], variables[i+1])
	}
	return file
}

func TestEndpointFoundElsewhere(t *testing.T) {
	tests := map[string]struct {
		options   Options
		variables []string
		config    string
		url       string
		region    string
	}{
		"Amazon":            {Options{Bucket: "b"}, []string{"AWS_REGION", "eu-west-1"}, "", "https://b.s3.eu-west-1.amazonaws.com/k", "eu-west-1"},
		"Amazon, dots":      {Options{Bucket: "a.b"}, []string{"AWS_REGION", "eu-west-1"}, "", "https://s3.eu-west-1.amazonaws.com/a.b/k", "eu-west-1"},
		"Amazon in China":   {Options{Bucket: "b", Region: "cn-north-1"}, nil, "", "https://b.s3.cn-north-1.amazonaws.com.cn/k", "cn-north-1"},
		"option":            {Options{Bucket: "b", Endpoint: "http://o:1"}, []string{"AWS_ENDPOINT_URL_S3", "http://v:2"}, "", "http://o:1/b/k", "us-east-1"},
		"option and region": {Options{Bucket: "b", Endpoint: "http://o:1"}, []string{"AWS_REGION", "r"}, "", "http://o:1/b/k", "r"},
		"S3's variable":     {Options{Bucket: "b"}, []string{"AWS_ENDPOINT_URL_S3", "http://v:2", "AWS_ENDPOINT_URL", "http://w:3"}, "", "http://v:2/b/k", "us-east-1"},
		"all services'":     {Options{Bucket: "b"}, []string{"AWS_ENDPOINT_URL", "http://w:3"}, "", "http://w:3/b/k", "us-east-1"},
		"profile":           {Options{Bucket: "b"}, nil, "[default]\nregion = r2\nendpoint_url = http://p:4\n", "http://p:4/b/k", "r2"},
		"profile's S3":      {Options{Bucket: "b"}, nil, "[default]\nservices = x\nendpoint_url = http://p:4\n[services x]\ns3 =\n  endpoint_url = http://q:5\n", "http://q:5/b/k", "us-east-1"},
		"accelerated":       {Options{Bucket: "b", Region: "r3", Network: Accelerate}, []string{"AWS_ENDPOINT_URL", "http://w:3"}, "", "https://b.s3-accelerate.amazonaws.com/k", "r3"},
		"dual stack":        {Options{Bucket: "b", Region: "r3", Network: DualStack}, nil, "", "https://b.s3.dualstack.r3.amazonaws.com/k", "r3"},
		"dual, variable":    {Options{Bucket: "b", Region: "r3"}, []string{"AWS_USE_DUALSTACK_ENDPOINT", "true"}, "", "https://b.s3.dualstack.r3.amazonaws.com/k", "r3"},
		"ignored":           {Options{Bucket: "b", Region: "r3"}, []string{"AWS_ENDPOINT_URL", "http://w:3", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}, "", "https://b.s3.r3.amazonaws.com/k", "r3"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			file := cleanAWS(t, append(test.variables, "AWS_ACCESS_KEY_ID", "A", "AWS_SECRET_ACCESS_KEY", "S")...)
			if err := os.WriteFile(file, []byte(test.config), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := New(t.Context(), test.options)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if got := urlOf(s.address, "k", "").String(); got != test.url || s.signer.region != test.region {
				t.Errorf("%s in %s, want %s in %s", got, s.signer.region, test.url, test.region)
			}
		})
	}
}

func TestURLOfAwkwardKeys(t *testing.T) {
	tests := []struct {
		endpoint, bucket string
		style            Style
		key, want        string
	}{
		{"localhost:9000", "b", AutoStyle, "k", "https://localhost:9000/b/k"},
		{"http://10.1.2.3:80", "b", AutoStyle, "k", "http://10.1.2.3/b/k"},
		{"https://[::1]:443", "b", AutoStyle, "k", "https://[::1]/b/k"},
		{"https://h/base/", "b", AutoStyle, "", "https://h/base/b"},
		{"https://h", "b", VirtualStyle, "", "https://b.h/"},
		{"https://s3.oss-cn-x.aliyuncs.com", "b", AutoStyle, "k", "https://b.s3.oss-cn-x.aliyuncs.com/k"},
		{"http://h", "b", AutoStyle, "/a//b/../c", "http://h/b//a//b/../c"},
		{"http://h", "b", AutoStyle, "a b+c?d#e%2Fä", "http://h/b/a%20b%2Bc%3Fd%23e%252F%C3%A4"},
	}
	for _, test := range tests {
		a, err := newAddress(test.endpoint, test.bucket, test.style)
		if err != nil {
			t.Fatal(err)
		}
		if got := urlOf(a, test.key, "").String(); got != test.want {
			t.Errorf("%s %s %q: %s, want %s", test.endpoint, test.bucket, test.key, got, test.want)
		}
	}
}

func TestWrongConfigurationAccepted(t *testing.T) {
	for name, o := range map[string]Options{
		"no bucket":        {Endpoint: "http://h"},
		"bucket as a path": {Bucket: "a/b", Endpoint: "http://h"},
		"bucket is dots":   {Bucket: "..", Endpoint: "http://h"},
		"scheme":           {Bucket: "b", Endpoint: "ftp://h"},
		"no host":          {Bucket: "b", Endpoint: "http://"},
		"password":         {Bucket: "b", Endpoint: "http://user:CANARY@h"},
		"query":            {Bucket: "b", Endpoint: "http://h?token=CANARY"},
		"not a URL":        {Bucket: "b", Endpoint: "http://CANARY@h:x y"},
		"checksum":         {Bucket: "b", Endpoint: "http://h", Checksum: 99},
		"network":          {Bucket: "b", Region: "r", Network: 99},
		"network and host": {Bucket: "b", Region: "r", Endpoint: "http://h", Network: DualStack},
		"accelerated dots": {Bucket: "a.b", Region: "r", Network: Accelerate},
		"accelerated path": {Bucket: "b", Region: "r", Network: Accelerate, Style: PathStyle},
		"half a client":    {Bucket: "b", Endpoint: "http://h", Wire: wire.Options{ClientCert: "no such file"}},
		"CA file":          {Bucket: "b", Endpoint: "http://h", Wire: wire.Options{CAFile: "no such file"}},
	} {
		cleanAWS(t)
		o.Credentials = static(testKeys)
		_, err := New(t.Context(), o)
		if err == nil || strings.Contains(err.Error(), "CANARY") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whoever brings credentials of his own still means the endpoint of his region.
func TestOwnCredentialsLeaveTheEndpointToTheRegion(t *testing.T) {
	cleanAWS(t)
	keys := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
	})
	s, err := New(t.Context(), Options{Bucket: "bucket", Region: "eu-west-1", Credentials: keys})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if want := "bucket.s3.eu-west-1.amazonaws.com"; s.address.host != want {
		t.Errorf("%q, want %q", s.address.host, want)
	}
}

func TestMissingRegionGuessed(t *testing.T) {
	cleanAWS(t, "AWS_ACCESS_KEY_ID", "A", "AWS_SECRET_ACCESS_KEY", "S")
	if _, err := New(t.Context(), Options{Bucket: "b"}); err == nil || !strings.Contains(err.Error(), "AWS_REGION") {
		t.Errorf("New: %v", err)
	}
}

func TestMissingCredentialsTakeLong(t *testing.T) {
	cleanAWS(t)
	start := time.Now()
	_, err := New(t.Context(), Options{Bucket: "b", Endpoint: "http://localhost:1"})
	if err == nil || !strings.Contains(err.Error(), "AWS_ACCESS_KEY_ID") || strings.Contains(err.Error(), "\n") {
		t.Errorf("New: %v", err)
	}
	if d := time.Since(start); d > metadataWait+time.Second {
		t.Errorf("it took %v", d)
	}
}

// once has credentials once, and they expire at once.
type once struct{ asked bool }

func (o *once) Retrieve(context.Context) (aws.Credentials, error) {
	if o.asked {
		return aws.Credentials{}, errors.New("the service\nis gone")
	}
	o.asked = true
	return aws.Credentials{AccessKeyID: "A", SecretAccessKey: "S", CanExpire: true, Expires: time.Now().Add(-time.Second)}, nil
}

func TestLostCredentialsStopTheRun(t *testing.T) {
	f := newFake(t, Options{Credentials: &once{}}, (&endpoint{}).handle)
	_, err := f.Head(t.Context(), "k")
	if sender.KindOf(err) != sender.StopRun || !strings.Contains(err.Error(), "AWS_ACCESS_KEY_ID") {
		t.Errorf("Head: %v", err)
	}
}
