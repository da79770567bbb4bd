package ossv1

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"
	"github.com/ingest-dev/ingest/test/internal/judge"
)

// client adapts aliyun-oss-go-sdk, which knows no contexts.
type client struct{ bucket *oss.Bucket }

// newClient returns a client that signs in a version.
func newClient(version oss.AuthVersionType) func(*testing.T, judge.Access) judge.Client {
	return func(t *testing.T, a judge.Access) judge.Client {
		t.Helper()
		c, err := oss.New(a.URL, a.ID, a.Secret, oss.AuthVersion(version), oss.Region(a.Region), oss.HTTPClient(a.HTTP), oss.SecurityToken(a.Token))
		if err != nil {
			t.Fatal(err)
		}
		bucket, err := c.Bucket(a.Bucket)
		if err != nil {
			t.Fatal(err)
		}
		return &client{bucket}
	}
}

func options(p judge.Properties) []oss.Option {
	var list []oss.Option
	if p.ContentType != "" {
		list = append(list, oss.ContentType(p.ContentType))
	}
	if p.MD5 != "" {
		list = append(list, oss.ContentMD5(p.MD5))
	}
	for k, v := range p.Metadata {
		list = append(list, oss.Meta(k, v))
	}
	return list
}

func (c *client) Put(_ context.Context, key string, data []byte, p judge.Properties) (string, error) {
	var header http.Header
	err := c.bucket.PutObject(key, bytes.NewReader(data), append(options(p), oss.GetResponseHeader(&header))...)
	return judge.Unquoted(header.Get("ETag")), err
}

func (c *client) Get(_ context.Context, key string, r *judge.Range) ([]byte, error) {
	var list []oss.Option
	if r != nil {
		list = append(list, oss.Range(r.First, r.Last))
	}
	body, err := c.bucket.GetObject(key, list...)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(body)
}

func (c *client) Head(_ context.Context, key string) (judge.Info, error) {
	h, err := c.bucket.GetObjectDetailedMeta(key)
	if err != nil {
		return judge.Info{}, err
	}
	size, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64)
	metadata := map[string]string{}
	for k := range h {
		if name, ok := strings.CutPrefix(strings.ToLower(k), "x-oss-meta-"); ok {
			metadata[name] = h.Get(k)
		}
	}
	return judge.Info{Size: size, ETag: judge.Unquoted(h.Get("ETag")), ContentType: h.Get("Content-Type"), Metadata: metadata}, err
}

func (c *client) Delete(_ context.Context, key string) error { return c.bucket.DeleteObject(key) }

func (c *client) DeleteMany(_ context.Context, keys []string) error {
	_, err := c.bucket.DeleteObjects(keys)
	return err
}

func (c *client) Copy(_ context.Context, from, to string) error {
	_, err := c.bucket.CopyObject(from, to)
	return err
}

func (c *client) List(_ context.Context, version int, prefix, delimiter string, page int) (judge.Listing, error) {
	if version == 1 {
		return c.list1(prefix, delimiter, page)
	}
	var l judge.Listing
	for token := ""; ; {
		r, err := c.bucket.ListObjectsV2(oss.Prefix(prefix), oss.Delimiter(delimiter), oss.MaxKeys(page), oss.ContinuationToken(token))
		if err != nil {
			return l, err
		}
		take(&l, r.Objects, r.CommonPrefixes)
		if !r.IsTruncated {
			return l, nil
		}
		token = r.NextContinuationToken
	}
}

func (c *client) list1(prefix, delimiter string, page int) (judge.Listing, error) {
	var l judge.Listing
	for marker := ""; ; {
		r, err := c.bucket.ListObjects(oss.Prefix(prefix), oss.Delimiter(delimiter), oss.MaxKeys(page), oss.Marker(marker))
		if err != nil {
			return l, err
		}
		take(&l, r.Objects, r.CommonPrefixes)
		if !r.IsTruncated {
			return l, nil
		}
		marker = r.NextMarker
	}
}

func take(l *judge.Listing, objects []oss.ObjectProperties, prefixes []string) {
	l.Pages++
	for _, o := range objects {
		l.Keys = append(l.Keys, o.Key)
	}
	l.Prefixes = append(l.Prefixes, prefixes...)
}

func (c *client) upload(key, id string) oss.InitiateMultipartUploadResult {
	return oss.InitiateMultipartUploadResult{Bucket: c.bucket.BucketName, Key: key, UploadID: id}
}

func (c *client) Begin(_ context.Context, key string, p judge.Properties) (string, error) {
	r, err := c.bucket.InitiateMultipartUpload(key, options(p)...)
	return r.UploadID, err
}

func (c *client) SendPart(_ context.Context, key, upload string, number int, data []byte) (string, error) {
	p, err := c.bucket.UploadPart(c.upload(key, upload), bytes.NewReader(data), int64(len(data)), number)
	return judge.Unquoted(p.ETag), err
}

func (c *client) Parts(_ context.Context, key, upload string, page int) ([]judge.Part, error) {
	var parts []judge.Part
	for marker := 0; ; {
		r, err := c.bucket.ListUploadedParts(c.upload(key, upload), oss.MaxParts(page), oss.PartNumberMarker(marker))
		if err != nil {
			return nil, err
		}
		for _, p := range r.UploadedParts {
			parts = append(parts, judge.Part{Number: p.PartNumber, Size: int64(p.Size), ETag: judge.Unquoted(p.ETag)})
		}
		if !r.IsTruncated {
			return parts, nil
		}
		if marker, err = strconv.Atoi(r.NextPartNumberMarker); err != nil {
			return nil, err
		}
	}
}

func (c *client) Uploads(_ context.Context, prefix string, page int) ([]judge.Upload, error) {
	var uploads []judge.Upload
	for key, id := "", ""; ; {
		r, err := c.bucket.ListMultipartUploads(oss.Prefix(prefix), oss.MaxUploads(page), oss.KeyMarker(key), oss.UploadIDMarker(id))
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

func (c *client) Complete(_ context.Context, key, upload string, parts []judge.Part) (string, error) {
	var list []oss.UploadPart
	for _, p := range parts {
		list = append(list, oss.UploadPart{PartNumber: p.Number, ETag: `"` + p.ETag + `"`})
	}
	r, err := c.bucket.CompleteMultipartUpload(c.upload(key, upload), list)
	return judge.Unquoted(r.ETag), err
}

func (c *client) Abort(_ context.Context, key, upload string) error {
	return c.bucket.AbortMultipartUpload(c.upload(key, upload))
}

func (c *client) Presign(_ context.Context, method, key string) (string, http.Header, error) {
	url, err := c.bucket.SignURL(key, oss.HTTPMethod(method), 60)
	return url, nil, err
}

func (c *client) Code(err error) string {
	if e, ok := errors.AsType[oss.ServiceError](err); ok {
		return e.Code
	}
	return ""
}
