package minio

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/test/internal/judge"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// client adapts minio-go: its low-level half where the other half pages by itself.
type client struct {
	minio.Core
	bucket string
}

// newClient returns a client that never tries twice. With trailers it sends checksums behind signed chunks.
func newClient(trailers bool) func(*testing.T, judge.Access) judge.Client {
	return func(t *testing.T, a judge.Access) judge.Client {
		t.Helper()
		at, err := url.Parse(a.URL)
		if err != nil {
			t.Fatal(err)
		}
		c, err := minio.NewCore(at.Host, &minio.Options{
			Creds: credentials.NewStaticV4(a.ID, a.Secret, a.Token), Secure: at.Scheme == "https", Transport: a.HTTP.Transport,
			Region: a.Region, BucketLookup: minio.BucketLookupPath, TrailingHeaders: trailers, MaxRetries: 1,
		})
		if err != nil {
			t.Fatal(err)
		}
		return &client{*c, a.Bucket}
	}
}

func options(p judge.Properties) minio.PutObjectOptions {
	return minio.PutObjectOptions{ContentType: p.ContentType, UserMetadata: p.Metadata}
}

func (c *client) Put(ctx context.Context, key string, data []byte, p judge.Properties) (string, error) {
	r, err := c.PutObject(ctx, c.bucket, key, bytes.NewReader(data), int64(len(data)), p.MD5, "", options(p))
	return r.ETag, err
}

func (c *client) Get(ctx context.Context, key string, r *judge.Range) ([]byte, error) {
	var o minio.GetObjectOptions
	if r != nil {
		if err := o.SetRange(r.First, r.Last); err != nil {
			return nil, err
		}
	}
	body, _, _, err := c.GetObject(ctx, c.bucket, key, o)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(body)
}

func (c *client) Head(ctx context.Context, key string) (judge.Info, error) {
	r, err := c.StatObject(ctx, c.bucket, key, minio.StatObjectOptions{})
	if err != nil {
		return judge.Info{}, err
	}
	return judge.Info{Size: r.Size, ETag: r.ETag, ContentType: r.ContentType, Metadata: judge.LowerKeys(r.UserMetadata)}, nil
}

func (c *client) Delete(ctx context.Context, key string) error {
	return c.RemoveObject(ctx, c.bucket, key, minio.RemoveObjectOptions{})
}

func (c *client) DeleteMany(ctx context.Context, keys []string) error {
	objects := make(chan minio.ObjectInfo, len(keys))
	for _, k := range keys {
		objects <- minio.ObjectInfo{Key: k}
	}
	close(objects)
	var first error
	for failed := range c.RemoveObjects(ctx, c.bucket, objects, minio.RemoveObjectsOptions{}) {
		first = failed.Err
	}
	return first
}

func (c *client) Copy(ctx context.Context, from, to string) error {
	_, err := c.Client.CopyObject(ctx, minio.CopyDestOptions{Bucket: c.bucket, Object: to}, minio.CopySrcOptions{Bucket: c.bucket, Object: from})
	return err
}

func (c *client) List(_ context.Context, version int, prefix, delimiter string, page int) (judge.Listing, error) {
	if version == 1 {
		return c.list1(prefix, delimiter, page)
	}
	var l judge.Listing
	for token := ""; ; {
		r, err := c.ListObjectsV2(c.bucket, prefix, "", token, delimiter, page)
		if err != nil {
			return l, err
		}
		take(&l, r.Contents, r.CommonPrefixes)
		if !r.IsTruncated {
			return l, nil
		}
		token = r.NextContinuationToken
	}
}

func (c *client) list1(prefix, delimiter string, page int) (judge.Listing, error) {
	var l judge.Listing
	for marker := ""; ; {
		r, err := c.ListObjects(c.bucket, prefix, marker, delimiter, page)
		if err != nil {
			return l, err
		}
		take(&l, r.Contents, r.CommonPrefixes)
		if !r.IsTruncated {
			return l, nil
		}
		if marker = r.NextMarker; marker == "" {
			marker = r.Contents[len(r.Contents)-1].Key
		}
	}
}

func take(l *judge.Listing, objects []minio.ObjectInfo, prefixes []minio.CommonPrefix) {
	l.Pages++
	for _, o := range objects {
		l.Keys = append(l.Keys, o.Key)
	}
	for _, p := range prefixes {
		l.Prefixes = append(l.Prefixes, p.Prefix)
	}
}

func (c *client) Begin(ctx context.Context, key string, p judge.Properties) (string, error) {
	return c.NewMultipartUpload(ctx, c.bucket, key, options(p))
}

func (c *client) SendPart(ctx context.Context, key, upload string, number int, data []byte) (string, error) {
	r, err := c.PutObjectPart(ctx, c.bucket, key, upload, number, bytes.NewReader(data), int64(len(data)), minio.PutObjectPartOptions{})
	return r.ETag, err
}

func (c *client) Parts(ctx context.Context, key, upload string, page int) ([]judge.Part, error) {
	var parts []judge.Part
	for marker := 0; ; {
		r, err := c.ListObjectParts(ctx, c.bucket, key, upload, marker, page)
		if err != nil {
			return nil, err
		}
		for _, p := range r.ObjectParts {
			parts = append(parts, judge.Part{Number: p.PartNumber, Size: p.Size, ETag: judge.Unquoted(p.ETag)})
		}
		if !r.IsTruncated {
			return parts, nil
		}
		marker = r.NextPartNumberMarker
	}
}

func (c *client) Uploads(ctx context.Context, prefix string, page int) ([]judge.Upload, error) {
	var uploads []judge.Upload
	for key, id := "", ""; ; {
		r, err := c.ListMultipartUploads(ctx, c.bucket, prefix, key, id, "", page)
		if err != nil {
			return nil, err
		}
		for _, u := range r.Uploads {
			uploads = append(uploads, judge.Upload{Key: u.Key, ID: u.UploadID})
		}
		if !r.IsTruncated {
			return uploads, nil
		}
		key, id = r.NextKeyMarker, r.NextUploadIDMarker
	}
}

func (c *client) Complete(ctx context.Context, key, upload string, parts []judge.Part) (string, error) {
	var list []minio.CompletePart
	for _, p := range parts {
		list = append(list, minio.CompletePart{PartNumber: p.Number, ETag: p.ETag})
	}
	r, err := c.CompleteMultipartUpload(ctx, c.bucket, key, upload, list, minio.PutObjectOptions{})
	return r.ETag, err
}

func (c *client) Abort(ctx context.Context, key, upload string) error {
	return c.AbortMultipartUpload(ctx, c.bucket, key, upload)
}

func (c *client) Presign(ctx context.Context, method, key string) (string, http.Header, error) {
	u, err := c.Client.Presign(ctx, method, c.bucket, key, time.Minute, nil)
	if err != nil {
		return "", nil, err
	}
	return u.String(), nil, nil
}

func (c *client) Code(err error) string { return minio.ToErrorResponse(err).Code }
