// Package stores holds our senders and our embedded store against each other, and both against the vendors' clients:
// what a sender stored, an official client reads back.
package stores

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/oss"
	"github.com/ingest-dev/ingest/sender/s3"
	"github.com/ingest-dev/ingest/sender/sendertest"
	"github.com/ingest-dev/ingest/test/internal/emulator"
	"github.com/ingest-dev/ingest/test/internal/judge"
)

// senders are our stores, in the ways in which they speak, each with the vendor's client that reads.
var senders = map[string]struct {
	open    func(t *testing.T, a judge.Access) sender.Store
	reader  func(a judge.Access) reader
	changes func(*sendertest.Subject)
}{
	"oss":             {openOSS(false), ossReader, func(s *sendertest.Subject) { s.ManyParts = true }},
	"oss v1":          {openOSS(true), ossReader, nil},
	"s3":              {openS3(s3.Auto), s3Reader, nil},
	"s3 crc32c":       {openS3(s3.CRC32C), s3Reader, nil},
	"s3 md5":          {openS3(s3.MD5), s3Reader, func(s *sendertest.Subject) { s.NoChecksum = true }},
	"s3, read by oss": {openS3(s3.Auto), ossReader, nil},
	"oss, read by s3": {openOSS(false), s3Reader, nil},
}

func TestConformance(t *testing.T) {
	for name, c := range senders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sendertest.Run(t, func(t *testing.T) sendertest.Subject {
				t.Helper()
				a := emulator.Start(t, false)
				r := c.reader(a)
				subject := sendertest.Subject{Store: c.open(t, a), Read: r.read, ContentType: r.contentType}
				if c.changes != nil {
					c.changes(&subject)
				}
				return subject
			})
		})
	}
}

func openOSS(v1 bool) func(*testing.T, judge.Access) sender.Store {
	return func(t *testing.T, a judge.Access) sender.Store {
		t.Helper()
		store, err := oss.New(t.Context(), oss.Options{
			Bucket: a.Bucket, Endpoint: a.URL, Region: a.Region, SignatureV1: v1,
			Credentials: oss.Static(oss.Credentials{AccessKeyID: a.ID, AccessKeySecret: a.Secret}),
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(store.Close)
		return store
	}
}

func openS3(checksum s3.Checksum) func(*testing.T, judge.Access) sender.Store {
	return func(t *testing.T, a judge.Access) sender.Store {
		t.Helper()
		store, err := s3.New(t.Context(), s3.Options{
			Bucket: a.Bucket, Endpoint: a.URL, Region: a.Region, Checksum: checksum,
			Credentials: credentials.NewStaticCredentialsProvider(a.ID, a.Secret, ""),
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(store.Close)
		return store
	}
}
