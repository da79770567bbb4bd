package devstore_test

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"

	"github.com/ingest-dev/ingest/devstore"
)

// A store for the time of a test, used through the official OSS client.
func Example() {
	dir, err := os.MkdirTemp("", "devstore")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	store, err := devstore.New(devstore.Options{
		Dir: dir, Buckets: []string{"demo"}, AccessKeyID: "AKTEST", AccessKeySecret: "secret", NoSync: true,
	})
	if err != nil {
		panic(err)
	}
	defer func() { _ = store.Close() }()
	server := httptest.NewServer(store)
	defer server.Close()

	client := oss.NewClient(oss.LoadDefaultConfig().WithEndpoint(server.URL).WithRegion("cn-hangzhou").
		WithCredentialsProvider(credentials.NewStaticCredentialsProvider("AKTEST", "secret")).
		WithHttpClient(server.Client()))
	ctx := context.Background()
	if _, err := client.PutObject(ctx, &oss.PutObjectRequest{
		Bucket: oss.Ptr("demo"), Key: oss.Ptr("greeting"), Body: strings.NewReader("hello"),
	}); err != nil {
		panic(err)
	}
	object, err := client.GetObject(ctx, &oss.GetObjectRequest{Bucket: oss.Ptr("demo"), Key: oss.Ptr("greeting")})
	if err != nil {
		panic(err)
	}
	defer func() { _ = object.Body.Close() }()
	text, err := io.ReadAll(object.Body)
	fmt.Println(string(text), *object.ETag, err)
	// Output: hello "5D41402ABC4B2A76B9719D911017C592" <nil>
}
