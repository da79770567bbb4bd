// Package awss3 lets aws-sdk-go-v2 judge the embedded store. Over HTTPS the client sends its checksums as trailers
// of an aws-chunked body, over HTTP as headers.
package awss3

import (
	"bytes"
	"io"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/ingest-dev/ingest/test/internal/emulator"
	"github.com/ingest-dev/ingest/test/internal/judge"
)

// transports are the ways to reach the store: the client signs bodies differently.
var transports = map[string]bool{"http": false, "https": true}

func trial(a judge.Access) judge.Trial {
	return judge.Trial{
		New: newClient, Access: a, MinPart: 5 << 20, UploadETag: judge.S3UploadETag,
		BadMD5: []string{"BadDigest", "InvalidDigest"}, HeadMissing: "NotFound",
	}
}

func TestJudge(t *testing.T) {
	for name, tls := range transports {
		t.Run(name, func(t *testing.T) { judge.Run(t, trial(emulator.Start(t, tls))) })
	}
}

// The store says the checksum that it compared, and refuses bytes that do not have the one stated.
func TestChecksums(t *testing.T) {
	for name, tls := range transports {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, emulator.Start(t, tls)).(*client)
			for _, algorithm := range []types.ChecksumAlgorithm{
				types.ChecksumAlgorithmCrc32, types.ChecksumAlgorithmCrc32c, types.ChecksumAlgorithmCrc64nvme, types.ChecksumAlgorithmSha256,
			} {
				put, err := c.PutObject(t.Context(), &s3.PutObjectInput{
					Bucket: c.bucket, Key: aws.String("sum"), Body: bytes.NewReader([]byte("bytes")), ChecksumAlgorithm: algorithm,
				})
				if err != nil {
					t.Fatalf("%s: %v", algorithm, err)
				}
				head, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: c.bucket, Key: aws.String("sum"), ChecksumMode: types.ChecksumModeEnabled})
				if err != nil {
					t.Fatal(err)
				}
				if algorithm == types.ChecksumAlgorithmCrc64nvme && (aws.ToString(put.ChecksumCRC64NVME) == "" ||
					aws.ToString(put.ChecksumCRC64NVME) != aws.ToString(head.ChecksumCRC64NVME)) {
					t.Errorf("put says %q, head %q", aws.ToString(put.ChecksumCRC64NVME), aws.ToString(head.ChecksumCRC64NVME))
				}
			}
			_, err := c.PutObject(t.Context(), &s3.PutObjectInput{
				Bucket: c.bucket, Key: aws.String("wrong"), Body: bytes.NewReader([]byte("bytes")), ChecksumCRC64NVME: aws.String("AAAAAAAAAAA="),
			})
			if c.Code(err) != "BadDigest" {
				t.Errorf("wrong checksum: %v, want BadDigest", err)
			}
		})
	}
}

// The client's transfer manager splits, sends in parallel, and reads back in parts.
func TestTransferManager(t *testing.T) {
	c := newClient(t, emulator.Start(t, true)).(*client)
	manager := transfermanager.New(c.Client)
	data := judge.Bytes(20<<20, 1)
	if _, err := manager.UploadObject(t.Context(), &transfermanager.UploadObjectInput{
		Bucket: c.bucket, Key: aws.String("large"), Body: bytes.NewReader(data),
	}); err != nil {
		t.Fatal(err)
	}
	got, err := manager.GetObject(t.Context(), &transfermanager.GetObjectInput{Bucket: c.bucket, Key: aws.String("large")})
	if err != nil {
		t.Fatal(err)
	}
	read, err := io.ReadAll(got.Body)
	if err != nil || !bytes.Equal(read, data) {
		t.Fatalf("%d bytes of %d, %v", len(read), len(data), err)
	}
}

// An object that is not to be overwritten stays as it is.
func TestIfNoneMatch(t *testing.T) {
	c := newClient(t, emulator.Start(t, false)).(*client)
	for i, want := range []string{"", "PreconditionFailed"} {
		_, err := c.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: c.bucket, Key: aws.String("once"), IfNoneMatch: aws.String("*"), Body: bytes.NewReader([]byte{byte(i)}),
		})
		if c.Code(err) != want || want == "" && err != nil {
			t.Errorf("put %d: %v, want %q", i, err, want)
		}
	}
}
