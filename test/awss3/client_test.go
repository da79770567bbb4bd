package awss3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/ingest-dev/ingest/test/internal/judge"
)

// client adapts aws-sdk-go-v2/service/s3.
type client struct {
	*s3.Client
	bucket *string
}

// newClient returns a client that never tries twice.
func newClient(_ *testing.T, a judge.Access) judge.Client {
	return &client{s3.New(s3.Options{
		BaseEndpoint: &a.URL, Region: a.Region, UsePathStyle: true, HTTPClient: a.HTTP, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(a.ID, a.Secret, a.Token),
	}), &a.Bucket}
}

// stated returns nil for what is not stated.
func stated(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (c *client) Put(ctx context.Context, key string, data []byte, p judge.Properties) (string, error) {
	r, err := c.PutObject(ctx, &s3.PutObjectInput{
		Bucket: c.bucket, Key: &key, Body: bytes.NewReader(data),
		ContentType: stated(p.ContentType), ContentMD5: stated(p.MD5), Metadata: p.Metadata,
	})
	if err != nil {
		return "", err
	}
	return judge.Unquoted(aws.ToString(r.ETag)), nil
}

func (c *client) Get(ctx context.Context, key string, r *judge.Range) ([]byte, error) {
	request := &s3.GetObjectInput{Bucket: c.bucket, Key: &key}
	if r != nil {
		request.Range = aws.String(fmt.Sprintf("bytes=%d-%d", r.First, r.Last))
	}
	got, err := c.GetObject(ctx, request)
	if err != nil {
		return nil, err
	}
	defer got.Body.Close()
	return io.ReadAll(got.Body)
}

func (c *client) Head(ctx context.Context, key string) (judge.Info, error) {
	r, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: c.bucket, Key: &key})
	if err != nil {
		return judge.Info{}, err
	}
	return judge.Info{
		Size: aws.ToInt64(r.ContentLength), ETag: judge.Unquoted(aws.ToString(r.ETag)),
		ContentType: aws.ToString(r.ContentType), Metadata: judge.LowerKeys(r.Metadata),
	}, nil
}

func (c *client) Delete(ctx context.Context, key string) error {
	_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: c.bucket, Key: &key})
	return err
}

func (c *client) DeleteMany(ctx context.Context, keys []string) error {
	var list types.Delete
	for _, k := range keys {
		list.Objects = append(list.Objects, types.ObjectIdentifier{Key: &k})
	}
	r, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: c.bucket, Delete: &list})
	if err == nil && len(r.Deleted) != len(keys) {
		return fmt.Errorf("says that %d of %d keys were deleted: %v", len(r.Deleted), len(keys), r.Errors)
	}
	return err
}

func (c *client) Copy(ctx context.Context, from, to string) error {
	_, err := c.CopyObject(ctx, &s3.CopyObjectInput{
		Bucket: c.bucket, Key: &to, CopySource: aws.String(judge.CopySource(*c.bucket, from)),
	})
	return err
}

func (c *client) List(ctx context.Context, version int, prefix, delimiter string, page int) (judge.Listing, error) {
	if version == 1 {
		return c.list1(ctx, prefix, delimiter, page)
	}
	var l judge.Listing
	pages := s3.NewListObjectsV2Paginator(c, &s3.ListObjectsV2Input{
		Bucket: c.bucket, Prefix: stated(prefix), Delimiter: stated(delimiter), MaxKeys: aws.Int32(int32(page)),
	})
	for pages.HasMorePages() {
		r, err := pages.NextPage(ctx)
		if err != nil {
			return l, err
		}
		if want := len(r.Contents) + len(r.CommonPrefixes); int(aws.ToInt32(r.KeyCount)) != want {
			return l, fmt.Errorf("KeyCount %d, want %d", aws.ToInt32(r.KeyCount), want)
		}
		take(&l, r.Contents, r.CommonPrefixes)
	}
	return l, nil
}

func (c *client) list1(ctx context.Context, prefix, delimiter string, page int) (judge.Listing, error) {
	var l judge.Listing
	for marker := (*string)(nil); ; {
		r, err := c.ListObjects(ctx, &s3.ListObjectsInput{
			Bucket: c.bucket, Prefix: stated(prefix), Delimiter: stated(delimiter), MaxKeys: aws.Int32(int32(page)), Marker: marker,
		})
		if err != nil {
			return l, err
		}
		take(&l, r.Contents, r.CommonPrefixes)
		if !aws.ToBool(r.IsTruncated) {
			return l, nil
		}
		if marker = r.NextMarker; marker == nil { // S3 says it only with a delimiter
			marker = r.Contents[len(r.Contents)-1].Key
		}
	}
}

func take(l *judge.Listing, objects []types.Object, prefixes []types.CommonPrefix) {
	l.Pages++
	for _, o := range objects {
		l.Keys = append(l.Keys, aws.ToString(o.Key))
	}
	for _, p := range prefixes {
		l.Prefixes = append(l.Prefixes, aws.ToString(p.Prefix))
	}
}

func (c *client) Begin(ctx context.Context, key string, p judge.Properties) (string, error) {
	r, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
		Bucket: c.bucket, Key: &key, ContentType: stated(p.ContentType), Metadata: p.Metadata,
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme, ChecksumType: types.ChecksumTypeFullObject,
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(r.UploadId), nil
}

func (c *client) SendPart(ctx context.Context, key, upload string, number int, data []byte) (string, error) {
	r, err := c.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: c.bucket, Key: &key, UploadId: &upload, PartNumber: aws.Int32(int32(number)), Body: bytes.NewReader(data),
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme,
	})
	if err != nil {
		return "", err
	}
	return judge.Unquoted(aws.ToString(r.ETag)), nil
}

// parts returns the parts as the store lists them.
func (c *client) parts(ctx context.Context, key, upload string, page int) ([]types.Part, error) {
	var parts []types.Part
	pages := s3.NewListPartsPaginator(c, &s3.ListPartsInput{Bucket: c.bucket, Key: &key, UploadId: &upload, MaxParts: aws.Int32(int32(page))})
	for pages.HasMorePages() {
		r, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		parts = append(parts, r.Parts...)
	}
	return parts, nil
}

func (c *client) Parts(ctx context.Context, key, upload string, page int) ([]judge.Part, error) {
	listed, err := c.parts(ctx, key, upload, page)
	var parts []judge.Part
	for _, p := range listed {
		parts = append(parts, judge.Part{
			Number: int(aws.ToInt32(p.PartNumber)), Size: aws.ToInt64(p.Size), ETag: judge.Unquoted(aws.ToString(p.ETag)),
		})
	}
	return parts, err
}

func (c *client) Uploads(ctx context.Context, prefix string, page int) ([]judge.Upload, error) {
	var uploads []judge.Upload
	pages := s3.NewListMultipartUploadsPaginator(c, &s3.ListMultipartUploadsInput{Bucket: c.bucket, Prefix: &prefix, MaxUploads: aws.Int32(int32(page))})
	for pages.HasMorePages() {
		r, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, u := range r.Uploads {
			uploads = append(uploads, judge.Upload{Key: aws.ToString(u.Key), ID: aws.ToString(u.UploadId)})
		}
	}
	return uploads, nil
}

// Complete repeats the checksum of each part, as S3 wants it of an upload that was begun with an algorithm.
func (c *client) Complete(ctx context.Context, key, upload string, parts []judge.Part) (string, error) {
	listed, err := c.parts(ctx, key, upload, 1000)
	if err != nil {
		return "", err
	}
	sums := map[int32]*string{}
	for _, p := range listed {
		sums[aws.ToInt32(p.PartNumber)] = p.ChecksumCRC64NVME
	}
	var list types.CompletedMultipartUpload
	for _, p := range parts {
		n := int32(p.Number)
		list.Parts = append(list.Parts, types.CompletedPart{PartNumber: &n, ETag: aws.String(`"` + p.ETag + `"`), ChecksumCRC64NVME: sums[n]})
	}
	r, err := c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: c.bucket, Key: &key, UploadId: &upload, MultipartUpload: &list,
	})
	if err != nil {
		return "", err
	}
	return judge.Unquoted(aws.ToString(r.ETag)), nil
}

func (c *client) Abort(ctx context.Context, key, upload string) error {
	_, err := c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: c.bucket, Key: &key, UploadId: &upload})
	return err
}

func (c *client) Presign(ctx context.Context, method, key string) (string, http.Header, error) {
	presign, minute := s3.NewPresignClient(c.Client), s3.WithPresignExpires(time.Minute)
	if method == http.MethodPut {
		r, err := presign.PresignPutObject(ctx, &s3.PutObjectInput{Bucket: c.bucket, Key: &key, ContentType: aws.String("text/x-trial")}, minute)
		return r.URL, r.SignedHeader, err
	}
	r, err := presign.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: c.bucket, Key: &key}, minute)
	return r.URL, r.SignedHeader, err
}

func (c *client) Code(err error) string {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return e.ErrorCode()
	}
	return ""
}
