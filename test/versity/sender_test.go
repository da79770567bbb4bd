// Package versity lets an S3 gateway that is not ours take what our S3 sender sends.
package versity

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/s3"
	"github.com/ingest-dev/ingest/sender/sendertest"
	"github.com/ingest-dev/ingest/test/internal/gateway"
	"github.com/ingest-dev/ingest/test/internal/judge"
)

// access is that of the gateway, which is one for all tests.
var access judge.Access

// prefixes keeps the suite's tests apart, which share the gateway's one bucket.
var prefixes atomic.Int64

func newSubject(checksum s3.Checksum) func(t *testing.T) sendertest.Subject {
	return func(t *testing.T) sendertest.Subject {
		t.Helper()
		store, err := s3.New(t.Context(), s3.Options{
			Bucket: access.Bucket, Endpoint: access.URL, Region: access.Region, Checksum: checksum, Credentials: keys(),
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(store.Close)
		return sendertest.Subject{
			Store: gated{store}, Prefix: fmt.Sprintf("%d/", prefixes.Add(1)), Read: read, ContentType: contentType,
			NoChecksum: checksum == s3.MD5, // which the gateway compares and does not say
		}
	}
}

func keys() aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(access.ID, access.Secret, "")
}

// gated is our store with the gateway's own rule for keys: they are paths of files. One that is the folder of another
// of the suite's keys cannot be one.
type gated struct{ *s3.Store }

func (g gated) Check(o *sender.Object) error {
	if path.Clean(o.Key) != o.Key || strings.Contains(o.Key, "\x00") || path.Base(o.Key) == ".ingest" {
		return errors.New("the gateway keeps bytes in files only")
	}
	return g.Store.Check(o)
}

// reader returns the official client, by whose means objects are read back.
var reader = sync.OnceValue(newReader)

func newReader() *awss3.Client {
	return awss3.New(awss3.Options{BaseEndpoint: &access.URL, Region: access.Region, UsePathStyle: true, Credentials: keys()})
}

func read(key string) ([]byte, error) {
	got, err := reader().GetObject(context.Background(), &awss3.GetObjectInput{Bucket: &access.Bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	defer got.Body.Close()
	return io.ReadAll(got.Body)
}

func contentType(key string) (string, error) {
	got, err := reader().HeadObject(context.Background(), &awss3.HeadObjectInput{Bucket: &access.Bucket, Key: &key})
	if err != nil {
		return "", err
	}
	return aws.ToString(got.ContentType), nil
}

// Our sender keeps the contract of package sender with a store that others wrote, with every checksum it can send.
func TestConformance(t *testing.T) {
	access = gateway.Start(t)
	for _, checksum := range []s3.Checksum{s3.Auto, s3.CRC32C, s3.MD5} {
		t.Run(checksum.String(), func(t *testing.T) {
			t.Parallel()
			sendertest.Run(t, newSubject(checksum))
		})
	}
}
