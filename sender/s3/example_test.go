package s3_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/s3"
)

// A store that compares no other checksum than Content-MD5 is known after the first object.
func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("ETag", `"`+hasher.Sum(body, hasher.SetOf(hasher.MD5)).Get(hasher.MD5).Hex()+`"`)
	}))
	defer server.Close()

	ctx := context.Background()
	store, err := s3.New(ctx, s3.Options{
		Bucket:   "demo",
		Endpoint: server.URL,
		Region:   "us-east-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret"}, nil
		}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()

	data := []byte("hello")
	before := store.Wire()
	payload := sender.Payload{Data: data, Sums: hasher.Sum(data, hasher.SetOf(before))}
	receipt, err := store.Put(ctx, &sender.Object{Key: "greeting", Size: int64(len(data))}, payload)
	fmt.Println(before, "->", store.Wire())
	fmt.Println(receipt.Checksum, err)
	// Output:
	// crc64nvme -> md5
	// md5:5d41402abc4b2a76b9719d911017c592 <nil>
}
