package awss3

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/ingest-dev/ingest/test/internal/emulator"
	"github.com/ingest-dev/ingest/test/internal/judge"
)

func TestExpiry(t *testing.T) {
	a := emulator.Start(t, false)
	judge.Expiry(t, judge.Trial{New: newClient}, emulator.StartLate(t, 2*time.Minute),
		emulator.Fresh(a), emulator.Stale(a), "ExpiredToken")
}

func start(t *testing.T, tls bool) *client {
	t.Helper()
	return newClient(t, emulator.Start(t, tls)).(*client)
}

// one is the list of an upload's only part.
func one(etag string) *types.CompletedMultipartUpload {
	return &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: &etag}}}
}

// What went along with an object is what its metadata, its ACL and its tags say.
func (c *client) checkWishes(t *testing.T, key string, until time.Time) {
	t.Helper()
	head, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: c.bucket, Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{
		string(head.StorageClass), string(head.ServerSideEncryption), aws.ToString(head.SSEKMSKeyId), aws.ToString(head.CacheControl),
		aws.ToString(head.ContentDisposition), aws.ToString(head.ContentEncoding), aws.ToString(head.ContentLanguage),
		aws.ToString(head.ExpiresString), string(head.ObjectLockMode), string(head.ObjectLockLegalHoldStatus),
	}
	want := []string{"STANDARD_IA", "aws:kms", "key-1", "no-cache", "attachment", "gzip", "de", "Thu, 01 Dec 2033 16:00:00 GMT", "GOVERNANCE", "ON"}
	if !slices.Equal(got, want) || !aws.ToBool(head.BucketKeyEnabled) || !aws.ToTime(head.ObjectLockRetainUntilDate).Equal(until) {
		t.Errorf("%s: %q, want %q; bucket key %v, until %v", key, got, want, aws.ToBool(head.BucketKeyEnabled), aws.ToTime(head.ObjectLockRetainUntilDate))
	}
	acl, err := c.GetObjectAcl(t.Context(), &s3.GetObjectAclInput{Bucket: c.bucket, Key: &key})
	if err != nil || len(acl.Grants) != 2 || acl.Grants[1].Permission != types.PermissionRead {
		t.Errorf("%s: ACL %v, %v", key, acl, err)
	}
	tags, err := c.GetObjectTagging(t.Context(), &s3.GetObjectTaggingInput{Bucket: c.bucket, Key: &key})
	if err != nil || len(tags.TagSet) != 2 || aws.ToString(tags.TagSet[1].Value) != "d e" {
		t.Errorf("%s: tags %v, %v", key, tags, err)
	}
}

func TestWishesOfAnObject(t *testing.T) {
	c := start(t, false)
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	expires := time.Date(2033, 12, 1, 16, 0, 0, 0, time.UTC)
	put := &s3.PutObjectInput{
		Bucket: c.bucket, Key: aws.String("put"), Body: bytes.NewReader([]byte("bytes")), StorageClass: types.StorageClassStandardIa,
		ServerSideEncryption: types.ServerSideEncryptionAwsKms, SSEKMSKeyId: aws.String("key-1"), BucketKeyEnabled: aws.Bool(true),
		CacheControl: aws.String("no-cache"), ContentDisposition: aws.String("attachment"), ContentEncoding: aws.String("gzip"),
		ContentLanguage: aws.String("de"), Expires: &expires, ACL: types.ObjectCannedACLPublicRead, Tagging: aws.String("a=b&c=d%20e"),
		ObjectLockMode: types.ObjectLockModeGovernance, ObjectLockRetainUntilDate: &until, ObjectLockLegalHoldStatus: types.ObjectLockLegalHoldStatusOn,
		RequestPayer: types.RequestPayerRequester,
	}
	answer, err := c.PutObject(t.Context(), put)
	if err != nil {
		t.Fatal(err)
	}
	if answer.ServerSideEncryption != types.ServerSideEncryptionAwsKms || answer.RequestCharged != types.RequestChargedRequester {
		t.Errorf("put says %q, %q", answer.ServerSideEncryption, answer.RequestCharged)
	}
	c.checkWishes(t, "put", until)
	begun, err := c.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{
		Bucket: c.bucket, Key: aws.String("completed"), StorageClass: put.StorageClass, ServerSideEncryption: put.ServerSideEncryption,
		SSEKMSKeyId: put.SSEKMSKeyId, BucketKeyEnabled: put.BucketKeyEnabled, CacheControl: put.CacheControl,
		ContentDisposition: put.ContentDisposition, ContentEncoding: put.ContentEncoding, ContentLanguage: put.ContentLanguage,
		Expires: put.Expires, ACL: put.ACL, Tagging: put.Tagging, ObjectLockMode: put.ObjectLockMode,
		ObjectLockRetainUntilDate: put.ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus: put.ObjectLockLegalHoldStatus,
	})
	if err != nil {
		t.Fatal(err)
	}
	upload := aws.ToString(begun.UploadId)
	part, err := c.UploadPart(t.Context(), &s3.UploadPartInput{Bucket: c.bucket, Key: aws.String("completed"), UploadId: &upload, PartNumber: aws.Int32(1), Body: bytes.NewReader([]byte("bytes"))})
	if err != nil {
		t.Fatal(err)
	}
	done, err := c.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
		Bucket: c.bucket, Key: aws.String("completed"), UploadId: &upload, MultipartUpload: one(aws.ToString(part.ETag)),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []types.ServerSideEncryption{begun.ServerSideEncryption, part.ServerSideEncryption, done.ServerSideEncryption} {
		if said != types.ServerSideEncryptionAwsKms {
			t.Errorf("an answer of the upload says %q", said)
		}
	}
	c.checkWishes(t, "completed", until)
	if err := c.Delete(t.Context(), "completed"); c.Code(err) != "AccessDenied" {
		t.Errorf("deleting what is locked: %v", err)
	}
}

// A key of the client's own goes with every request, over HTTPS as the service demands and over HTTP as it does not.
func TestCustomerKey(t *testing.T) {
	for name, tls := range transports {
		t.Run(name, func(t *testing.T) {
			c := start(t, tls)
			secret := strings.Repeat("k", 32)
			sum := md5.Sum([]byte(secret))
			key, md5Text, aes := aws.String(base64.StdEncoding.EncodeToString([]byte(secret))), aws.String(base64.StdEncoding.EncodeToString(sum[:])), aws.String("AES256")
			begun, err := c.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{
				Bucket: c.bucket, Key: aws.String("own"), SSECustomerAlgorithm: aes, SSECustomerKey: key, SSECustomerKeyMD5: md5Text,
			})
			if err != nil {
				t.Fatal(err)
			}
			without := &s3.UploadPartInput{Bucket: c.bucket, Key: aws.String("own"), UploadId: begun.UploadId, PartNumber: aws.Int32(1), Body: bytes.NewReader([]byte("bytes"))}
			if _, err := c.UploadPart(t.Context(), without); c.Code(err) != "InvalidRequest" {
				t.Errorf("a part without the key: %v", err)
			}
			with := *without
			with.Body, with.SSECustomerAlgorithm, with.SSECustomerKey, with.SSECustomerKeyMD5 = bytes.NewReader([]byte("bytes")), aes, key, md5Text
			part, err := c.UploadPart(t.Context(), &with)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
				Bucket: c.bucket, Key: aws.String("own"), UploadId: begun.UploadId, MultipartUpload: one(aws.ToString(part.ETag)),
				SSECustomerAlgorithm: aes, SSECustomerKey: key, SSECustomerKeyMD5: md5Text,
			}); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Get(t.Context(), "own", nil); c.Code(err) != "InvalidRequest" {
				t.Errorf("get without the key: %v", err)
			}
			got, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: c.bucket, Key: aws.String("own"), SSECustomerAlgorithm: aes, SSECustomerKey: key, SSECustomerKeyMD5: md5Text})
			if err != nil || aws.ToString(got.SSECustomerKeyMD5) != *md5Text {
				t.Fatalf("%v, %v", got, err)
			}
			_ = got.Body.Close()
		})
	}
}

func TestVersioning(t *testing.T) {
	c := start(t, false)
	put := func() string {
		t.Helper()
		r, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: c.bucket, Key: aws.String("k"), Body: bytes.NewReader([]byte("bytes"))})
		if err != nil {
			t.Fatal(err)
		}
		return aws.ToString(r.VersionId)
	}
	if id := put(); id != "" {
		t.Errorf("a version %q in a bucket without", id)
	}
	for _, status := range []types.BucketVersioningStatus{types.BucketVersioningStatusEnabled, types.BucketVersioningStatusSuspended} {
		if _, err := c.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{Bucket: c.bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: status}}); err != nil {
			t.Fatal(err)
		}
		got, err := c.GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: c.bucket})
		if err != nil || got.Status != status {
			t.Errorf("versioning is %v, %v", got, err)
		}
		if id := put(); id == "" || (id == "null") != (status == types.BucketVersioningStatusSuspended) {
			t.Errorf("a version %q where versioning is %s", id, status)
		}
	}
}

// An upload's object is not to overwrite another either.
func TestIfNoneMatchOfUploads(t *testing.T) {
	c := start(t, false)
	for i, want := range []string{"", "PreconditionFailed"} {
		upload, err := c.Begin(t.Context(), "once", judge.Properties{})
		if err != nil {
			t.Fatal(err)
		}
		part, err := c.UploadPart(t.Context(), &s3.UploadPartInput{
			Bucket: c.bucket, Key: aws.String("once"), UploadId: &upload, PartNumber: aws.Int32(1), Body: bytes.NewReader([]byte{byte(i)}), ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme,
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
			Bucket: c.bucket, Key: aws.String("once"), UploadId: &upload, MultipartUpload: one(aws.ToString(part.ETag)), IfNoneMatch: aws.String("*"),
		})
		if c.Code(err) != want || want == "" && err != nil {
			t.Errorf("completion %d: %v, want %q", i, err, want)
		}
	}
}
