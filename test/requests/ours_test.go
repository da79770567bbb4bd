package requests

import (
	"bytes"
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/oss"
	"github.com/ingest-dev/ingest/sender/s3"
)

// ours is a store of package sender.
type ours struct {
	sender.Store
	object sender.Object
}

func ourOSS(v1 bool) func(*testing.T, string) uploader {
	return func(t *testing.T, url string) uploader {
		t.Helper()
		s, err := oss.New(t.Context(), oss.Options{
			Bucket: bucket, Endpoint: url, Region: region, SignatureV1: v1,
			Credentials: oss.Static(oss.Credentials{AccessKeyID: id, AccessKeySecret: secret}),
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return &ours{s, object("Standard")}
	}
}

func ourS3(t *testing.T, url string) uploader {
	t.Helper()
	s, err := s3.New(t.Context(), s3.Options{
		Bucket: bucket, Endpoint: url, Region: region, Credentials: credentials.NewStaticCredentialsProvider(id, secret, ""),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &ours{s, object(class)}
}

func object(class string) sender.Object {
	return sender.Object{Key: key, ContentType: contentType, Metadata: map[string]string{metaName: metaValue}, StorageClass: class}
}

func (o *ours) payload(data []byte) sender.Payload {
	set := hasher.SetOf(hasher.XXH3, o.Wire())
	return sender.Payload{Data: data, Sums: hasher.Sum(data, set)}
}

func (o *ours) Put(ctx context.Context, data []byte) error {
	sized := o.object
	sized.Size = int64(len(data))
	_, err := o.Store.Put(ctx, &sized, o.payload(data))
	return err
}

func (o *ours) Begin(ctx context.Context) (string, error) {
	u, err := o.Store.Begin(ctx, &o.object)
	return u.ID, err
}

func (o *ours) upload(id string) sender.Upload { return sender.Upload{Key: key, ID: id} }

func (o *ours) SendPart(ctx context.Context, id string, number int, data []byte) (string, error) {
	r, err := o.Store.SendPart(ctx, o.upload(id), sender.Part{Number: number, Payload: o.payload(data)})
	return r.ETag, err
}

func (o *ours) Parts(ctx context.Context, id string) error {
	for _, err := range o.Store.Parts(ctx, o.upload(id)) {
		if err != nil {
			return err
		}
	}
	return nil
}

func (o *ours) Complete(ctx context.Context, id string, etags []string) error {
	sized, done := o.object, sender.Completion{}
	for i, etag := range etags {
		sized.Size += int64(len(parts[i]))
		done.Parts = append(done.Parts, sender.StoredPart{
			Number: i + 1, Size: int64(len(parts[i])), ETag: etag, Checksum: o.payload(parts[i]).Sums.Get(o.Wire()),
		})
	}
	done.Whole = o.payload(bytes.Join(parts, nil)).Sums.Get(o.Wire())
	_, err := o.Store.Complete(ctx, o.upload(id), &sized, done)
	return err
}

func (o *ours) Abort(ctx context.Context, id string) error { return o.Store.Abort(ctx, o.upload(id)) }

func (o *ours) Head(ctx context.Context) error {
	_, err := o.Store.Head(ctx, key)
	return err
}

func (o *ours) Uploads(ctx context.Context, prefix string) error {
	lister, _ := sender.Lister(o.Store)
	for _, err := range lister.Uploads(ctx, prefix) {
		if err != nil {
			return err
		}
	}
	return nil
}
