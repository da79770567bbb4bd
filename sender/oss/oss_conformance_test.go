package oss_test

import (
	"context"
	"io"
	"net/http/httptest"
	"testing"

	official "github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/sender/oss"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

const (
	bucket = "example-bucket"
	region = "cn-hangzhou"
)

var keys = oss.Credentials{AccessKeyID: "LTAIexample", AccessKeySecret: "examplesecret", SecurityToken: "CAISexample"}

// serve returns the URL of an OSS that verifies signatures.
func serve(t *testing.T) string {
	t.Helper()
	store, err := devstore.New(devstore.Options{
		Dir: t.TempDir(), Buckets: []string{bucket}, Region: region, NoSync: true,
		AccessKeyID: keys.AccessKeyID, AccessKeySecret: keys.AccessKeySecret, SessionToken: keys.SecurityToken,
	})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(store)
	t.Cleanup(func() {
		srv.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return srv.URL
}

func open(t *testing.T, o oss.Options) *oss.Store {
	t.Helper()
	o.Bucket, o.Region, o.Credentials = bucket, region, oss.Static(keys)
	s, err := oss.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestConformance(t *testing.T) {
	for name, v1 := range map[string]bool{"V4": false, "V1": true} {
		t.Run(name, func(t *testing.T) {
			sendertest.Run(t, func(t *testing.T) sendertest.Subject {
				url := serve(t)
				s := subject(open(t, oss.Options{Endpoint: url, SignatureV1: v1}), url)
				s.ManyParts = !v1 // which takes most of the time, and tells nothing about signatures
				return s
			})
		})
	}
}

// subject lets the official client read what was stored.
func subject(s *oss.Store, url string) sendertest.Subject {
	client := official.NewClient(official.LoadDefaultConfig().WithEndpoint(url).WithRegion(region).WithCredentialsProvider(
		credentials.NewStaticCredentialsProvider(keys.AccessKeyID, keys.AccessKeySecret, keys.SecurityToken)))
	get := func(key string) (*official.GetObjectResult, error) {
		return client.GetObject(context.Background(), &official.GetObjectRequest{Bucket: official.Ptr(bucket), Key: &key})
	}
	return sendertest.Subject{
		Store: s,
		Read: func(key string) ([]byte, error) {
			o, err := get(key)
			if err != nil {
				return nil, err
			}
			defer o.Body.Close()
			return io.ReadAll(o.Body)
		},
		ContentType: func(key string) (string, error) {
			o, err := get(key)
			if err != nil {
				return "", err
			}
			defer o.Body.Close()
			return official.ToString(o.ContentType), nil
		},
	}
}
