package ossv2

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/ingest-dev/ingest/test/internal/application"
	"github.com/ingest-dev/ingest/test/internal/emulator"
	"github.com/ingest-dev/ingest/test/internal/judge"
)

func TestExpiry(t *testing.T) {
	for name, version := range versions {
		t.Run(name, func(t *testing.T) {
			a := emulator.Start(t, false)
			judge.Expiry(t, judge.Trial{New: newClient(version)}, emulator.StartLate(t, 2*time.Minute),
				emulator.Fresh(a), emulator.Stale(a), "SecurityTokenExpired")
		})
	}
}

func start(t *testing.T) *client {
	t.Helper()
	return newClient(oss.SignatureVersionV4)(t, emulator.Start(t, false)).(*client)
}

// finish completes an upload of one part as the request says.
func finish(t *testing.T, c *client, key, upload string, r oss.CompleteMultipartUploadRequest) (*oss.CompleteMultipartUploadResult, error) {
	t.Helper()
	etag, err := c.SendPart(t.Context(), key, upload, 1, []byte("bytes"))
	if err != nil {
		t.Fatal(err)
	}
	r.Bucket, r.Key, r.UploadId = c.bucket, &key, &upload
	r.CompleteMultipartUpload = &oss.CompleteMultipartUpload{Parts: []oss.UploadPart{{PartNumber: 1, ETag: &etag}}}
	return c.CompleteMultipartUpload(t.Context(), &r)
}

// The client hands out what the application says, of an object that was put and of one that was completed.
func TestCallback(t *testing.T) {
	c, app := start(t), application.Start(t, http.StatusOK)
	callback := oss.Ptr(app.Callback(`{"o":${object},"s":${size},"x":${x:mine}}`))
	vars := oss.Ptr(application.Coded(map[string]string{"x:mine": "yes"}))
	put, err := c.PutObject(t.Context(), &oss.PutObjectRequest{
		Bucket: c.bucket, Key: oss.Ptr("put"), Body: bytes.NewReader([]byte("bytes")), Callback: callback, CallbackVar: vars,
	})
	if err != nil {
		t.Fatal(err)
	}
	upload, err := c.Begin(t.Context(), "completed", judge.Properties{})
	if err != nil {
		t.Fatal(err)
	}
	done, err := finish(t, c, "completed", upload, oss.CompleteMultipartUploadRequest{Callback: callback, CallbackVar: vars})
	if err != nil {
		t.Fatal(err)
	}
	if put.CallbackResult["taken"] != true || done.CallbackResult["taken"] != true {
		t.Errorf("the application said %v and %v", put.CallbackResult, done.CallbackResult)
	}
	for _, want := range []string{`{"o":"put","s":5,"x":"yes"}`, `{"o":"completed","s":5,"x":"yes"}`} {
		if got := <-app.Told; got != want {
			t.Errorf("told %s, want %s", got, want)
		}
	}
}

// A callback that fails is an error of the client's; the object is there.
func TestFailedCallback(t *testing.T) {
	c, app := start(t), application.Start(t, http.StatusTeapot)
	callback := oss.Ptr(app.Callback(`{"o":${object}}`))
	_, err := c.PutObject(t.Context(), &oss.PutObjectRequest{Bucket: c.bucket, Key: oss.Ptr("put"), Callback: callback})
	if c.Code(err) != "CallbackFailed" {
		t.Errorf("put: %v", err)
	}
	upload, err := c.Begin(t.Context(), "completed", judge.Properties{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = finish(t, c, "completed", upload, oss.CompleteMultipartUploadRequest{Callback: callback})
	if c.Code(err) != "CallbackFailed" {
		t.Errorf("complete: %v", err)
	}
	for _, key := range []string{"put", "completed"} {
		if _, err := c.Head(t.Context(), key); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
}

// What went along with an object is what its metadata, its ACL and its tags say.
func (c *client) checkWishes(t *testing.T, key string) {
	t.Helper()
	head, err := c.HeadObject(t.Context(), &oss.HeadObjectRequest{Bucket: c.bucket, Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{
		oss.ToString(head.StorageClass), oss.ToString(head.ServerSideEncryption), oss.ToString(head.ServerSideDataEncryption),
		oss.ToString(head.ServerSideEncryptionKeyId), oss.ToString(head.CacheControl), oss.ToString(head.ContentDisposition),
		oss.ToString(head.ContentEncoding), oss.ToString(head.Expires), head.Headers.Get("Content-Language"),
	}
	want := []string{"IA", "KMS", "SM4", "key-1", "no-cache", "attachment", "gzip", "Thu, 01 Dec 2033 16:00:00 GMT", "de"}
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", key, got, want)
	}
	acl, err := c.GetObjectAcl(t.Context(), &oss.GetObjectAclRequest{Bucket: c.bucket, Key: &key})
	if err != nil || oss.ToString(acl.ACL) != "public-read" {
		t.Errorf("%s: ACL %v, %v", key, acl, err)
	}
	tags, err := c.GetObjectTagging(t.Context(), &oss.GetObjectTaggingRequest{Bucket: c.bucket, Key: &key})
	if err != nil || len(tags.Tags) != 2 || oss.ToString(tags.Tags[0].Key) != "a" || oss.ToString(tags.Tags[1].Value) != "d e" {
		t.Errorf("%s: tags %v, %v", key, tags, err)
	}
}

func TestWishesOfAnObject(t *testing.T) {
	c := start(t)
	put := &oss.PutObjectRequest{
		Bucket: c.bucket, Key: oss.Ptr("put"), Body: bytes.NewReader([]byte("bytes")), StorageClass: oss.StorageClassIA,
		ServerSideEncryption: oss.Ptr("KMS"), ServerSideDataEncryption: oss.Ptr("SM4"), ServerSideEncryptionKeyId: oss.Ptr("key-1"),
		CacheControl: oss.Ptr("no-cache"), ContentDisposition: oss.Ptr("attachment"), ContentEncoding: oss.Ptr("gzip"),
		Expires: oss.Ptr("Thu, 01 Dec 2033 16:00:00 GMT"), Acl: oss.ObjectACLPublicRead, Tagging: oss.Ptr("a=b&c=d%20e"),
		RequestPayer: oss.Ptr("requester"),
	}
	put.Headers = map[string]string{"Content-Language": "de"}
	if _, err := c.PutObject(t.Context(), put); err != nil {
		t.Fatal(err)
	}
	c.checkWishes(t, "put")
	begin := &oss.InitiateMultipartUploadRequest{
		Bucket: c.bucket, Key: oss.Ptr("completed"), StorageClass: oss.StorageClassIA,
		ServerSideEncryption: put.ServerSideEncryption, ServerSideDataEncryption: put.ServerSideDataEncryption,
		ServerSideEncryptionKeyId: put.ServerSideEncryptionKeyId, CacheControl: put.CacheControl,
		ContentDisposition: put.ContentDisposition, ContentEncoding: put.ContentEncoding, Expires: put.Expires, Tagging: put.Tagging,
	}
	begin.Headers = put.Headers
	begun, err := c.InitiateMultipartUpload(t.Context(), begin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := finish(t, c, "completed", oss.ToString(begun.UploadId), oss.CompleteMultipartUploadRequest{Acl: oss.ObjectACLPublicRead}); err != nil {
		t.Fatal(err)
	}
	c.checkWishes(t, "completed")
}

// Forbidding holds for uploads too, until the bucket has versions.
func TestForbidOverwriteOfUploads(t *testing.T) {
	c, key := start(t), "once"
	if _, err := c.Put(t.Context(), key, []byte("old"), judge.Properties{}); err != nil {
		t.Fatal(err)
	}
	begin := &oss.InitiateMultipartUploadRequest{Bucket: c.bucket, Key: &key, ForbidOverwrite: oss.Ptr("true")}
	if _, err := c.InitiateMultipartUpload(t.Context(), begin); c.Code(err) != "FileAlreadyExists" {
		t.Errorf("initiate: %v", err)
	}
	if _, err := c.CopyObject(t.Context(), &oss.CopyObjectRequest{Bucket: c.bucket, Key: &key, SourceKey: &key, ForbidOverwrite: oss.Ptr("true")}); c.Code(err) != "FileAlreadyExists" {
		t.Errorf("copy: %v", err)
	}
	upload, err := c.Begin(t.Context(), key, judge.Properties{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := finish(t, c, key, upload, oss.CompleteMultipartUploadRequest{ForbidOverwrite: oss.Ptr("true")}); c.Code(err) != "FileAlreadyExists" {
		t.Errorf("complete: %v", err)
	}
	for _, status := range []oss.VersioningStatusType{oss.VersionEnabled, oss.VersionSuspended} {
		if _, err := c.PutBucketVersioning(t.Context(), &oss.PutBucketVersioningRequest{Bucket: c.bucket, VersioningConfiguration: &oss.VersioningConfiguration{Status: status}}); err != nil {
			t.Fatal(err)
		}
		if got, err := c.GetBucketVersioning(t.Context(), &oss.GetBucketVersioningRequest{Bucket: c.bucket}); err != nil || oss.ToString(got.VersionStatus) != string(status) {
			t.Errorf("versioning is %v, %v", got, err)
		}
		put, err := c.PutObject(t.Context(), &oss.PutObjectRequest{Bucket: c.bucket, Key: &key, ForbidOverwrite: oss.Ptr("true")})
		if err != nil || oss.ToString(put.VersionId) == "" {
			t.Errorf("put where versioning is %s: %v, %v", status, put, err)
		}
	}
}

func TestTrafficLimit(t *testing.T) {
	c := start(t)
	data := judge.Bytes(819_200/8*4/10, 1)
	put := func(limit int64) (time.Duration, error) {
		begun := time.Now()
		_, err := c.PutObject(t.Context(), &oss.PutObjectRequest{Bucket: c.bucket, Key: oss.Ptr("slow"), Body: bytes.NewReader(data), TrafficLimit: limit})
		return time.Since(begun), err
	}
	if took, err := put(819_200); err != nil || took < 350*time.Millisecond {
		t.Errorf("0.4 s took %v, %v", took, err)
	}
	if _, err := put(819_199); c.Code(err) != "InvalidArgument" {
		t.Errorf("too slow: %v", err)
	}
}

// The client has no field for it, and lets a parameter stand in.
func TestSequential(t *testing.T) {
	c, key := start(t), "sequential"
	begin := &oss.InitiateMultipartUploadRequest{Bucket: c.bucket, Key: &key}
	begin.Parameters = map[string]string{"sequential": ""}
	begun, err := c.InitiateMultipartUpload(t.Context(), begin)
	if err != nil {
		t.Fatal(err)
	}
	upload := oss.ToString(begun.UploadId)
	if _, err := c.SendPart(t.Context(), key, upload, 2, []byte("early")); c.Code(err) != "PartNotSequential" {
		t.Errorf("part 2 first: %v", err)
	}
	done, err := finish(t, c, key, upload, oss.CompleteMultipartUploadRequest{})
	if err != nil {
		t.Fatal(err)
	}
	sum := md5.Sum([]byte("bytes"))
	if got := done.Headers.Get("Content-MD5"); got != base64.StdEncoding.EncodeToString(sum[:]) {
		t.Errorf("Content-MD5 %q", got)
	}
}
