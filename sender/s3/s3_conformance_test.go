package s3_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/sender/internal/wire"
	"github.com/ingest-dev/ingest/sender/s3"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

const (
	devBucket = "demo"
	devRegion = "us-east-1"
)

var devKeys = aws.Credentials{AccessKeyID: "AKIDDEV", SecretAccessKey: "dev-secret", SessionToken: "dev-token"}

// TestConformance holds the store against the contract, on the embedded store: with a CRC and with MD5, which take
// different ways.
func TestConformance(t *testing.T) {
	for _, checksum := range []s3.Checksum{s3.Auto, s3.MD5} {
		t.Run(checksum.String(), func(t *testing.T) {
			if testing.Short() && checksum == s3.MD5 {
				t.Skip("MD5 takes twice as long")
			}
			endpoint := serve(t)
			n := 0
			sendertest.Run(t, func(t *testing.T) sendertest.Subject {
				n++
				return sendertest.Subject{
					Store: devStore(t, endpoint, checksum), Prefix: fmt.Sprintf("test %d/", n),
					Read: reader(t, endpoint).read, ContentType: reader(t, endpoint).contentType,
					NoChecksum: checksum == s3.MD5, // of uploads, which have no MD5
				}
			})
		})
	}
}

// TestWholeOfThreePartsUnproven wants every checksum to prove an object of parts.
func TestWholeOfThreePartsUnproven(t *testing.T) {
	endpoint := serve(t)
	for _, checksum := range []s3.Checksum{s3.Auto, s3.CRC64NVME, s3.CRC32C, s3.MD5} {
		if r, whole := uploadThree(t, devStore(t, endpoint, checksum)); r.Checksum != whole {
			t.Errorf("%v: the receipt states %v, want %v", checksum, r.Checksum, whole)
		}
	}
}

// serve runs the embedded store until the test ends, and returns its endpoint.
func serve(t *testing.T) string {
	t.Helper()
	store, err := devstore.New(devstore.Options{
		Dir: t.TempDir(), Buckets: []string{devBucket}, Region: devRegion, NoSync: true,
		AccessKeyID: devKeys.AccessKeyID, AccessKeySecret: devKeys.SecretAccessKey, SessionToken: devKeys.SessionToken,
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(store)
	t.Cleanup(func() {
		server.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URL
}

func devStore(t *testing.T, endpoint string, checksum s3.Checksum) *s3.Store {
	t.Helper()
	keys := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return devKeys, nil })
	store, err := s3.New(t.Context(), s3.Options{
		Bucket: devBucket, Endpoint: endpoint, Region: devRegion, Credentials: keys, Checksum: checksum,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return store
}

// object reads what is stored, by nothing of the package under test.
type object struct {
	*testing.T
	endpoint string
}

func reader(t *testing.T, endpoint string) object { return object{t, endpoint} }

func (o object) read(key string) ([]byte, error) {
	answer, err := o.get(key)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return io.ReadAll(answer.Body)
}

func (o object) contentType(key string) (string, error) {
	answer, err := o.get(key)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	return answer.Header.Get("Content-Type"), nil
}

func (o object) get(key string) (*http.Response, error) {
	path := "/" + devBucket + "/" + key
	r := &http.Request{
		Method: http.MethodGet, Header: http.Header{"X-Amz-Content-Sha256": {"UNSIGNED-PAYLOAD"}},
		URL: &url.URL{Scheme: "http", Host: strings.TrimPrefix(o.endpoint, "http://"), Path: path, RawPath: string(wire.AppendEscaped(nil, path, true))},
	}
	signer := v4.NewSigner(func(s *v4.SignerOptions) { s.DisableURIPathEscaping = true })
	if err := signer.SignHTTP(o.Context(), devKeys, r, "UNSIGNED-PAYLOAD", "s3", devRegion, time.Now()); err != nil {
		return nil, err
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("get %q: %s", key, answer.Status)
	}
	return answer, err
}
