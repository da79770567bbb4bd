package bulk

import (
	"context"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/ingest-dev/ingest/test/internal/judge"
)

// s3Client reads with aws-sdk-go-v2.
type s3Client struct {
	client *s3.Client
	bucket *string
}

func newS3(a judge.Access) s3Client {
	return s3Client{bucket: &a.Bucket, client: s3.New(s3.Options{
		BaseEndpoint: &a.URL, Region: a.Region, UsePathStyle: true, HTTPClient: a.HTTP,
		Credentials: credentials.NewStaticCredentialsProvider(a.ID, a.Secret, ""),
	})}
}

func (c s3Client) open(ctx context.Context, key string) (io.ReadCloser, error) {
	got, err := c.client.GetObject(ctx, &s3.GetObjectInput{Bucket: c.bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	return got.Body, nil
}

func (c s3Client) keys(ctx context.Context) ([]string, error) {
	var keys []string
	for pages := s3.NewListObjectsV2Paginator(c.client, &s3.ListObjectsV2Input{Bucket: c.bucket}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, object := range page.Contents {
			keys = append(keys, aws.ToString(object.Key))
		}
	}
	return keys, nil
}

func (c s3Client) uploads(ctx context.Context) ([]string, error) {
	list, err := c.client.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: c.bucket})
	if err != nil {
		return nil, err
	}
	var open []string
	for _, u := range list.Uploads {
		open = append(open, aws.ToString(u.Key))
	}
	return open, nil
}
