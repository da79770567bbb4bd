package bulk

import (
	"context"
	"io"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
	"github.com/ingest-dev/ingest/test/internal/judge"
)

// ossClient reads with alibabacloud-oss-go-sdk-v2.
type ossClient struct {
	client *oss.Client
	bucket *string
}

func newOSS(a judge.Access) ossClient {
	return ossClient{bucket: &a.Bucket, client: oss.NewClient(oss.LoadDefaultConfig().
		WithEndpoint(a.URL).WithRegion(a.Region).WithHttpClient(a.HTTP).
		WithCredentialsProvider(credentials.NewStaticCredentialsProvider(a.ID, a.Secret)))}
}

func (o ossClient) open(ctx context.Context, key string) (io.ReadCloser, error) {
	got, err := o.client.GetObject(ctx, &oss.GetObjectRequest{Bucket: o.bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	return got.Body, nil
}

func (o ossClient) keys(ctx context.Context) ([]string, error) {
	var keys []string
	for pages := o.client.NewListObjectsV2Paginator(&oss.ListObjectsV2Request{Bucket: o.bucket, MaxKeys: 1000}); pages.HasNext(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, object := range page.Contents {
			keys = append(keys, oss.ToString(object.Key))
		}
	}
	return keys, nil
}

func (o ossClient) uploads(ctx context.Context) ([]string, error) {
	list, err := o.client.ListMultipartUploads(ctx, &oss.ListMultipartUploadsRequest{Bucket: o.bucket})
	if err != nil {
		return nil, err
	}
	var open []string
	for _, u := range list.Uploads {
		open = append(open, oss.ToString(u.Key))
	}
	return open, nil
}
