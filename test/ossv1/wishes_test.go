package ossv1

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"
	"github.com/ingest-dev/ingest/test/internal/application"
	"github.com/ingest-dev/ingest/test/internal/emulator"
	"github.com/ingest-dev/ingest/test/internal/judge"
)

func TestExpiry(t *testing.T) {
	for _, version := range versions {
		t.Run(string(version), func(t *testing.T) {
			a := emulator.Start(t, false)
			judge.Expiry(t, judge.Trial{New: newClient(version)}, emulator.StartLate(t, 2*time.Minute),
				emulator.Fresh(a), emulator.Stale(a), "SecurityTokenExpired")
		})
	}
}

func start(t *testing.T, version oss.AuthVersionType) *client {
	t.Helper()
	return newClient(version)(t, emulator.Start(t, false)).(*client)
}

// finish completes an upload of one part.
func finish(t *testing.T, c *client, u oss.InitiateMultipartUploadResult, options ...oss.Option) error {
	t.Helper()
	part, err := c.bucket.UploadPart(u, bytes.NewReader([]byte("bytes")), 5, 1)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.bucket.CompleteMultipartUpload(u, []oss.UploadPart{part}, options...)
	return err
}

// The client hands out what the application says, and takes every failure of it for one of the upload.
func TestCallback(t *testing.T) {
	for _, version := range versions {
		c, app := start(t, version), application.Start(t, http.StatusOK)
		var said []byte
		asked := []oss.Option{
			oss.Callback(app.Callback(`{"o":${object},"x":${x:mine}}`)), oss.CallbackVar(application.Coded(map[string]string{"x:mine": "yes"})),
			oss.CallbackResult(&said),
		}
		if err := c.bucket.PutObject("put", bytes.NewReader([]byte("bytes")), asked...); err != nil || string(said) != `{"taken":true}` {
			t.Errorf("%s: put: %q, %v", version, said, err)
		}
		said = nil
		u, err := c.bucket.InitiateMultipartUpload("completed")
		if err != nil {
			t.Fatal(err)
		}
		if err := finish(t, c, u, asked...); err != nil || string(said) != `{"taken":true}` {
			t.Errorf("%s: complete: %q, %v", version, said, err)
		}
		for _, want := range []string{`{"o":"put","x":"yes"}`, `{"o":"completed","x":"yes"}`} {
			if got := <-app.Told; got != want {
				t.Errorf("told %s, want %s", got, want)
			}
		}
		deaf := application.Start(t, http.StatusTeapot)
		err = c.bucket.PutObject("kept", bytes.NewReader([]byte("bytes")), oss.Callback(deaf.Callback(`{"o":${object}}`)))
		if c.Code(err) != "CallbackFailed" {
			t.Errorf("%s: failed callback: %v", version, err)
		}
		if _, err := c.Head(t.Context(), "kept"); err != nil {
			t.Errorf("%s: %v", version, err)
		}
	}
}

func TestWishesOfAnObject(t *testing.T) {
	c := start(t, oss.AuthV4)
	tagging := oss.SetTagging(oss.Tagging{Tags: []oss.Tag{{Key: "a", Value: "b"}, {Key: "c", Value: "d e"}}})
	encryption := []oss.Option{
		oss.ServerSideEncryption("KMS"), oss.ServerSideDataEncryption("SM4"), oss.ServerSideEncryptionKeyID("key-1"),
		oss.ObjectStorageClass(oss.StorageIA), oss.CacheControl("no-cache"), oss.ContentDisposition("attachment"), tagging,
	}
	if err := c.bucket.PutObject("put", bytes.NewReader([]byte("bytes")), append(encryption, oss.ObjectACL(oss.ACLPublicRead))...); err != nil {
		t.Fatal(err)
	}
	u, err := c.bucket.InitiateMultipartUpload("completed", encryption...)
	if err != nil {
		t.Fatal(err)
	}
	if err := finish(t, c, u, oss.ObjectACL(oss.ACLPublicRead)); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"put", "completed"} {
		header, err := c.bucket.GetObjectDetailedMeta(key)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"X-Oss-Server-Side-Encryption": "KMS", "X-Oss-Server-Side-Data-Encryption": "SM4", "X-Oss-Server-Side-Encryption-Key-Id": "key-1",
			"X-Oss-Storage-Class": "IA", "Cache-Control": "no-cache", "Content-Disposition": "attachment", "X-Oss-Tagging-Count": "2",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", key, name, got, want)
			}
		}
		if acl, err := c.bucket.GetObjectACL(key); err != nil || acl.ACL != "public-read" {
			t.Errorf("%s: ACL %q, %v", key, acl.ACL, err)
		}
		if tags, err := c.bucket.GetObjectTagging(key); err != nil || len(tags.Tags) != 2 || tags.Tags[1].Value != "d e" {
			t.Errorf("%s: tags %v, %v", key, tags.Tags, err)
		}
	}
}

func TestForbidOverwrite(t *testing.T) {
	c := start(t, oss.AuthV1)
	put := func() error {
		return c.bucket.PutObject("once", bytes.NewReader([]byte("bytes")), oss.ForbidOverWrite(true))
	}
	if err := put(); err != nil {
		t.Fatal(err)
	}
	if err := put(); c.Code(err) != "FileAlreadyExists" {
		t.Errorf("put: %v", err)
	}
	if _, err := c.bucket.InitiateMultipartUpload("once", oss.ForbidOverWrite(true)); c.Code(err) != "FileAlreadyExists" {
		t.Errorf("initiate: %v", err)
	}
	if _, err := c.bucket.CopyObject("once", "once", oss.ForbidOverWrite(true)); c.Code(err) != "FileAlreadyExists" {
		t.Errorf("copy: %v", err)
	}
	u, err := c.bucket.InitiateMultipartUpload("once")
	if err != nil {
		t.Fatal(err)
	}
	if err := finish(t, c, u, oss.ForbidOverWrite(true)); c.Code(err) != "FileAlreadyExists" {
		t.Errorf("complete: %v", err)
	}
	service, name := c.bucket.Client, c.bucket.BucketName
	if err := service.SetBucketVersioning(name, oss.VersioningConfig{Status: "Enabled"}); err != nil {
		t.Fatal(err)
	}
	if got, err := service.GetBucketVersioning(name); err != nil || got.Status != "Enabled" {
		t.Errorf("versioning is %q, %v", got.Status, err)
	}
	if err := put(); err != nil {
		t.Errorf("put where there are versions: %v", err)
	}
}

// The limit stands in a header, or in the query of what is presigned.
func TestTrafficLimit(t *testing.T) {
	c := start(t, oss.AuthV1)
	data := judge.Bytes(819_200/8*4/10, 1)
	begun := time.Now()
	if err := c.bucket.PutObject("slow", bytes.NewReader(data), oss.TrafficLimitHeader(819_200)); err != nil {
		t.Fatal(err)
	}
	url, err := c.bucket.SignURL("slow", oss.HTTPGet, 60, oss.TrafficLimitParam(819_200))
	if err != nil {
		t.Fatal(err)
	}
	body, err := c.bucket.GetObjectWithURL(url)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	var got bytes.Buffer
	if _, err := got.ReadFrom(body); err != nil || !bytes.Equal(got.Bytes(), data) {
		t.Errorf("%d bytes of %d, %v", got.Len(), len(data), err)
	}
	if took := time.Since(begun); took < 700*time.Millisecond {
		t.Errorf("0.8 s took %v", took)
	}
	if err := c.bucket.PutObject("slow", bytes.NewReader(data), oss.TrafficLimitHeader(838_860_801)); c.Code(err) != "InvalidArgument" {
		t.Errorf("too fast: %v", err)
	}
}

func TestSequential(t *testing.T) {
	c := start(t, oss.AuthV1)
	u, err := c.bucket.InitiateMultipartUpload("sequential", oss.Sequential())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.bucket.UploadPart(u, bytes.NewReader([]byte("early")), 5, 2); c.Code(err) != "PartNotSequential" {
		t.Errorf("part 2 first: %v", err)
	}
	if err := finish(t, c, u); err != nil {
		t.Fatal(err)
	}
	header, err := c.bucket.GetObjectDetailedMeta("sequential")
	if err != nil || header.Get("Content-MD5") == "" {
		t.Errorf("Content-MD5 %q, %v", header.Get("Content-MD5"), err)
	}
}
