package stores

import (
	"context"
	"io"

	alioss "github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	osskeys "github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/ingest-dev/ingest/test/internal/judge"
)

// reader reads with a vendor's client, which compares the store's checksums by itself.
type reader struct {
	read        func(key string) ([]byte, error)
	contentType func(key string) (string, error)
}

func ossReader(a judge.Access) reader {
	client := alioss.NewClient(alioss.LoadDefaultConfig().WithEndpoint(a.URL).WithRegion(a.Region).WithHttpClient(a.HTTP).
		WithCredentialsProvider(osskeys.NewStaticCredentialsProvider(a.ID, a.Secret)))
	return reader{
		read: func(key string) ([]byte, error) {
			got, err := client.GetObject(context.Background(), &alioss.GetObjectRequest{Bucket: &a.Bucket, Key: &key})
			if err != nil {
				return nil, err
			}
			defer got.Body.Close()
			return io.ReadAll(got.Body)
		},
		contentType: func(key string) (string, error) {
			got, err := client.HeadObject(context.Background(), &alioss.HeadObjectRequest{Bucket: &a.Bucket, Key: &key})
			if err != nil {
				return "", err
			}
			return alioss.ToString(got.ContentType), nil
		},
	}
}

func s3Reader(a judge.Access) reader {
	client := awss3.New(awss3.Options{
		BaseEndpoint: &a.URL, Region: a.Region, UsePathStyle: true, HTTPClient: a.HTTP,
		Credentials: credentials.NewStaticCredentialsProvider(a.ID, a.Secret, ""),
	})
	return reader{
		read: func(key string) ([]byte, error) {
			got, err := client.GetObject(context.Background(), &awss3.GetObjectInput{Bucket: &a.Bucket, Key: &key})
			if err != nil {
				return nil, err
			}
			defer got.Body.Close()
			return io.ReadAll(got.Body)
		},
		contentType: func(key string) (string, error) {
			got, err := client.HeadObject(context.Background(), &awss3.HeadObjectInput{Bucket: &a.Bucket, Key: &key})
			if err != nil {
				return "", err
			}
			return aws.ToString(got.ContentType), nil
		},
	}
}
