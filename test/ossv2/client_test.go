package ossv2

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/retry"
	"github.com/ingest-dev/ingest/test/internal/judge"
)

// client adapts alibabacloud-oss-go-sdk-v2.
type client struct {
	*oss.Client
	bucket *string
}

// newClient returns a client that signs in a version, and never tries twice.
func newClient(version oss.SignatureVersionType) func(*testing.T, judge.Access) judge.Client {
	return func(_ *testing.T, a judge.Access) judge.Client {
		cfg := oss.LoadDefaultConfig().WithEndpoint(a.URL).WithRegion(a.Region).WithSignatureVersion(version).
			WithCredentialsProvider(credentials.NewStaticCredentialsProvider(a.ID, a.Secret, a.Token)).
			WithHttpClient(a.HTTP).WithRetryer(retry.NopRetryer{})
		return &client{oss.NewClient(cfg), oss.Ptr(a.Bucket)}
	}
}

// stated returns nil for what is not stated.
func stated(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (c *client) Put(ctx context.Context, key string, data []byte, p judge.Properties) (string, error) {
	r, err := c.PutObject(ctx, &oss.PutObjectRequest{
		Bucket: c.bucket, Key: &key, Body: bytes.NewReader(data),
		ContentType: stated(p.ContentType), ContentMD5: stated(p.MD5), Metadata: p.Metadata,
	})
	if err != nil {
		return "", err
	}
	return judge.Unquoted(oss.ToString(r.ETag)), nil
}

func (c *client) Get(ctx context.Context, key string, r *judge.Range) ([]byte, error) {
	request := &oss.GetObjectRequest{Bucket: c.bucket, Key: &key}
	if r != nil {
		request.Range = oss.Ptr(fmt.Sprintf("bytes=%d-%d", r.First, r.Last))
	}
	got, err := c.GetObject(ctx, request)
	if err != nil {
		return nil, err
	}
	defer got.Body.Close()
	return io.ReadAll(got.Body)
}

func (c *client) Head(ctx context.Context, key string) (judge.Info, error) {
	r, err := c.HeadObject(ctx, &oss.HeadObjectRequest{Bucket: c.bucket, Key: &key})
	if err != nil {
		return judge.Info{}, err
	}
	return judge.Info{
		Size: r.ContentLength, ETag: judge.Unquoted(oss.ToString(r.ETag)),
		ContentType: oss.ToString(r.ContentType), Metadata: judge.LowerKeys(r.Metadata),
	}, nil
}

func (c *client) Delete(ctx context.Context, key string) error {
	_, err := c.DeleteObject(ctx, &oss.DeleteObjectRequest{Bucket: c.bucket, Key: &key})
	return err
}

func (c *client) DeleteMany(ctx context.Context, keys []string) error {
	request := &oss.DeleteMultipleObjectsRequest{Bucket: c.bucket}
	for _, k := range keys {
		request.Objects = append(request.Objects, oss.DeleteObject{Key: oss.Ptr(k)})
	}
	r, err := c.DeleteMultipleObjects(ctx, request)
	if err == nil && len(r.DeletedObjects) != len(keys) {
		return fmt.Errorf("says that %d of %d keys were deleted", len(r.DeletedObjects), len(keys))
	}
	return err
}

func (c *client) Copy(ctx context.Context, from, to string) error {
	_, err := c.CopyObject(ctx, &oss.CopyObjectRequest{Bucket: c.bucket, Key: &to, SourceKey: &from})
	return err
}

func (c *client) List(ctx context.Context, version int, prefix, delimiter string, page int) (judge.Listing, error) {
	if version == 1 {
		return c.list1(ctx, prefix, delimiter, page)
	}
	var l judge.Listing
	pages := c.NewListObjectsV2Paginator(&oss.ListObjectsV2Request{
		Bucket: c.bucket, Prefix: stated(prefix), Delimiter: stated(delimiter), MaxKeys: int32(page),
	})
	for pages.HasNext() {
		r, err := pages.NextPage(ctx)
		if err != nil {
			return l, err
		}
		if want := len(r.Contents) + len(r.CommonPrefixes); r.KeyCount != want {
			return l, fmt.Errorf("KeyCount %d, want %d", r.KeyCount, want)
		}
		take(&l, r.Contents, r.CommonPrefixes)
	}
	return l, nil
}

func (c *client) list1(ctx context.Context, prefix, delimiter string, page int) (judge.Listing, error) {
	var l judge.Listing
	pages := c.NewListObjectsPaginator(&oss.ListObjectsRequest{
		Bucket: c.bucket, Prefix: stated(prefix), Delimiter: stated(delimiter), MaxKeys: int32(page),
	})
	for pages.HasNext() {
		r, err := pages.NextPage(ctx)
		if err != nil {
			return l, err
		}
		take(&l, r.Contents, r.CommonPrefixes)
	}
	return l, nil
}

func take(l *judge.Listing, objects []oss.ObjectProperties, prefixes []oss.CommonPrefix) {
	l.Pages++
	for _, o := range objects {
		l.Keys = append(l.Keys, oss.ToString(o.Key))
	}
	for _, p := range prefixes {
		l.Prefixes = append(l.Prefixes, oss.ToString(p.Prefix))
	}
}

func (c *client) Begin(ctx context.Context, key string, p judge.Properties) (string, error) {
	r, err := c.InitiateMultipartUpload(ctx, &oss.InitiateMultipartUploadRequest{
		Bucket: c.bucket, Key: &key, ContentType: stated(p.ContentType), Metadata: p.Metadata,
	})
	if err != nil {
		return "", err
	}
	return oss.ToString(r.UploadId), nil
}

func (c *client) SendPart(ctx context.Context, key, upload string, number int, data []byte) (string, error) {
	r, err := c.UploadPart(ctx, &oss.UploadPartRequest{
		Bucket: c.bucket, Key: &key, UploadId: &upload, PartNumber: int32(number), Body: bytes.NewReader(data),
	})
	if err != nil {
		return "", err
	}
	return judge.Unquoted(oss.ToString(r.ETag)), nil
}

func (c *client) Parts(ctx context.Context, key, upload string, page int) ([]judge.Part, error) {
	var parts []judge.Part
	pages := c.NewListPartsPaginator(&oss.ListPartsRequest{Bucket: c.bucket, Key: &key, UploadId: &upload, MaxParts: int32(page)})
	for pages.HasNext() {
		r, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, p := range r.Parts {
			if oss.ToString(p.HashCRC64) == "" {
				return nil, fmt.Errorf("part %d has no CRC", p.PartNumber)
			}
			parts = append(parts, judge.Part{Number: int(p.PartNumber), Size: p.Size, ETag: judge.Unquoted(oss.ToString(p.ETag))})
		}
	}
	return parts, nil
}

func (c *client) Uploads(ctx context.Context, prefix string, page int) ([]judge.Upload, error) {
	var uploads []judge.Upload
	pages := c.NewListMultipartUploadsPaginator(&oss.ListMultipartUploadsRequest{Bucket: c.bucket, Prefix: &prefix, MaxUploads: int32(page)})
	for pages.HasNext() {
		r, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, u := range r.Uploads {
			uploads = append(uploads, judge.Upload{Key: oss.ToString(u.Key), ID: oss.ToString(u.UploadId)})
		}
	}
	return uploads, nil
}

func (c *client) Complete(ctx context.Context, key, upload string, parts []judge.Part) (string, error) {
	var list []oss.UploadPart
	for _, p := range parts {
		list = append(list, oss.UploadPart{PartNumber: int32(p.Number), ETag: oss.Ptr(`"` + p.ETag + `"`)})
	}
	r, err := c.CompleteMultipartUpload(ctx, &oss.CompleteMultipartUploadRequest{
		Bucket: c.bucket, Key: &key, UploadId: &upload, CompleteMultipartUpload: &oss.CompleteMultipartUpload{Parts: list},
	})
	if err != nil {
		return "", err
	}
	return judge.Unquoted(oss.ToString(r.ETag)), nil
}

func (c *client) Abort(ctx context.Context, key, upload string) error {
	_, err := c.AbortMultipartUpload(ctx, &oss.AbortMultipartUploadRequest{Bucket: c.bucket, Key: &key, UploadId: &upload})
	return err
}

func (c *client) Presign(ctx context.Context, method, key string) (string, http.Header, error) {
	var request any = &oss.GetObjectRequest{Bucket: c.bucket, Key: &key}
	if method == http.MethodPut {
		request = &oss.PutObjectRequest{Bucket: c.bucket, Key: &key, ContentType: oss.Ptr("text/x-trial")}
	}
	r, err := c.Client.Presign(ctx, request, oss.PresignExpires(time.Minute))
	if err != nil {
		return "", nil, err
	}
	header := http.Header{}
	for k, v := range r.SignedHeaders {
		header.Set(k, v)
	}
	return r.URL, header, nil
}

func (c *client) Code(err error) string {
	if e, ok := errors.AsType[*oss.ServiceError](err); ok {
		return e.Code
	}
	return ""
}
