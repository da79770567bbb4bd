package minio

import (
	"bytes"
	"crypto/sha256"
	"io"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/test/internal/emulator"
	"github.com/ingest-dev/ingest/test/internal/judge"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/encrypt"
)

func TestExpiry(t *testing.T) {
	a := emulator.Start(t, false)
	judge.Expiry(t, judge.Trial{New: newClient(false)}, emulator.StartLate(t, 2*time.Minute),
		emulator.Fresh(a), emulator.Stale(a), "ExpiredToken")
}

// put puts an object of so many bytes with the client's own uploader, which takes parts for large ones.
func (c *client) put(t *testing.T, key string, size int, o minio.PutObjectOptions) error {
	t.Helper()
	o.PartSize = 5 << 20
	_, err := c.Client.PutObject(t.Context(), c.bucket, key, bytes.NewReader(judge.Bytes(size, 1)), int64(size), o)
	return err
}

// sizes are of an object that is put and of one that is uploaded in parts.
var sizes = map[string]int{"put": 10, "completed": 6 << 20}

func TestWishesOfAnObject(t *testing.T) {
	c := newClient(false)(t, emulator.Start(t, false)).(*client)
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	for key, size := range sizes {
		if err := c.put(t, key, size, minio.PutObjectOptions{
			StorageClass: "STANDARD_IA", CacheControl: "no-cache", ContentDisposition: "attachment", ContentEncoding: "gzip", ContentLanguage: "de",
			UserTags: map[string]string{"a": "b", "c": "d e"}, Mode: minio.Compliance, RetainUntilDate: until, LegalHold: minio.LegalHoldEnabled,
		}); err != nil {
			t.Fatal(err)
		}
		got, err := c.StatObject(t.Context(), c.bucket, key, minio.StatObjectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"X-Amz-Storage-Class": "STANDARD_IA", "Cache-Control": "no-cache", "Content-Disposition": "attachment", "Content-Encoding": "gzip",
			"Content-Language": "de", "X-Amz-Object-Lock-Mode": "COMPLIANCE", "X-Amz-Object-Lock-Legal-Hold": "ON",
			"X-Amz-Object-Lock-Retain-Until-Date": until.Format("2006-01-02T15:04:05.000Z"),
		} {
			if got.Metadata.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", key, name, got.Metadata.Get(name), want)
			}
		}
		if tags, err := c.GetObjectTagging(t.Context(), c.bucket, key, minio.GetObjectTaggingOptions{}); err != nil || tags.ToMap()["c"] != "d e" {
			t.Errorf("%s: tags %v, %v", key, tags, err)
		}
		if err := c.Delete(t.Context(), key); c.Code(err) != "AccessDenied" {
			t.Errorf("%s: deleting what is locked: %v", key, err)
		}
	}
}

// To a store that is not Amazon's the client repeats the encryption at the end of an upload, which S3 does not take; so
// it is one that is put that is encrypted here.
func TestEncryption(t *testing.T) {
	c := newClient(false)(t, emulator.Start(t, false)).(*client)
	kms, err := encrypt.NewSSEKMS("key-1", nil)
	if err != nil {
		t.Fatal(err)
	}
	for want, sse := range map[string]encrypt.ServerSide{"AES256": encrypt.NewSSE(), "aws:kms": kms} {
		if err := c.put(t, "k", 1, minio.PutObjectOptions{ServerSideEncryption: sse}); err != nil {
			t.Fatal(err)
		}
		got, err := c.StatObject(t.Context(), c.bucket, "k", minio.StatObjectOptions{})
		if err != nil || got.Metadata.Get("X-Amz-Server-Side-Encryption") != want {
			t.Errorf("%q, %v, want %q", got.Metadata.Get("X-Amz-Server-Side-Encryption"), err, want)
		}
	}
}

// The client sends a key of its own over HTTPS only.
func TestCustomerKey(t *testing.T) {
	c := newClient(false)(t, emulator.Start(t, true)).(*client)
	secret := sha256.Sum256([]byte("secret"))
	key, err := encrypt.NewSSEC(secret[:])
	if err != nil {
		t.Fatal(err)
	}
	for name, size := range sizes {
		if err := c.put(t, name, size, minio.PutObjectOptions{ServerSideEncryption: key}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Get(t.Context(), name, nil); c.Code(err) != "InvalidRequest" {
			t.Errorf("%s without the key: %v", name, err)
		}
		o, err := c.Client.GetObject(t.Context(), c.bucket, name, minio.GetObjectOptions{ServerSideEncryption: key})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(o); err != nil || !bytes.Equal(got, judge.Bytes(size, 1)) {
			t.Errorf("%s: %d bytes of %d, %v", name, len(got), size, err)
		}
		_ = o.Close()
	}
}

func TestVersioning(t *testing.T) {
	c := newClient(false)(t, emulator.Start(t, false)).(*client)
	if err := c.EnableVersioning(t.Context(), c.bucket); err != nil {
		t.Fatal(err)
	}
	if got, err := c.GetBucketVersioning(t.Context(), c.bucket); err != nil || !got.Enabled() {
		t.Errorf("versioning is %v, %v", got, err)
	}
	if err := c.put(t, "k", 1, minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	if got, err := c.StatObject(t.Context(), c.bucket, "k", minio.StatObjectOptions{}); err != nil || got.VersionID == "" {
		t.Errorf("version %q, %v", got.VersionID, err)
	}
}

// The client forgets the condition at the end of an upload.
func TestIfNoneMatch(t *testing.T) {
	c := newClient(false)(t, emulator.Start(t, false)).(*client)
	var once minio.PutObjectOptions
	once.SetMatchETagExcept("*")
	if err := c.put(t, "once", 1, once); err != nil {
		t.Fatal(err)
	}
	if err := c.put(t, "once", 1, once); c.Code(err) != "PreconditionFailed" {
		t.Errorf("put again: %v", err)
	}
}
