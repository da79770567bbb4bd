// Package ossv2 lets alibabacloud-oss-go-sdk-v2 judge the embedded store. The client compares every CRC-64 that the
// store answers with its own.
package ossv2

import (
	"bytes"
	"hash/crc64"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/ingest-dev/ingest/test/internal/emulator"
	"github.com/ingest-dev/ingest/test/internal/judge"
)

var versions = map[string]oss.SignatureVersionType{"v1": oss.SignatureVersionV1, "v4": oss.SignatureVersionV4}

func TestJudge(t *testing.T) {
	for name, version := range versions {
		t.Run(name, func(t *testing.T) {
			judge.Run(t, judge.Trial{
				New: newClient(version), Access: emulator.Start(t, false), MinPart: 100 << 10,
				UploadETag: judge.OSSUploadETag, BadMD5: []string{"InvalidDigest"}, HeadMissing: "NoSuchKey",
				WholeBeyond: true,
			})
		})
	}
}

// The client's uploader goes on from its checkpoint, in which case it combines the whole's CRC from those of ListParts.
func TestResumableUpload(t *testing.T) {
	a := emulator.Start(t, false)
	fault := judge.NewFault(&a, 5)
	c := newClient(oss.SignatureVersionV4)(t, a).(*client)
	dir, data := t.TempDir(), judge.Bytes(1_000_000, 1)
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	uploader := c.NewUploader(func(o *oss.UploaderOptions) {
		o.PartSize, o.ParallelNum, o.EnableCheckpoint, o.CheckpointDir = 100<<10, 3, true, dir+"/"
	})
	upload := func() error {
		_, err := uploader.UploadFile(t.Context(), &oss.PutObjectRequest{Bucket: c.bucket, Key: oss.Ptr("resumed")}, file)
		return err
	}
	if err := upload(); err == nil {
		t.Fatal("the first run did not fail")
	}
	first := fault.Sent.Load()
	fault.Armed.Store(false)
	if err := upload(); err != nil {
		t.Fatal(err)
	}
	if again := fault.Sent.Load() - first; again > 10-4 {
		t.Errorf("%d parts were sent again", again)
	}
	got, err := c.Get(t.Context(), "resumed", nil)
	if err != nil || !bytes.Equal(got, data) {
		t.Fatalf("%d bytes of %d, %v", len(got), len(data), err)
	}
}

// What the store says of checksums is of the bytes, for an object that was put and for one made from parts.
func TestChecksumsOfTheWhole(t *testing.T) {
	c := newClient(oss.SignatureVersionV4)(t, emulator.Start(t, false)).(*client)
	data := judge.Bytes(250_000, 1)
	want := strconv.FormatUint(crc64.Checksum(data, crc64.MakeTable(crc64.ECMA)), 10)
	if _, err := c.Put(t.Context(), "whole", data, judge.Properties{}); err != nil {
		t.Fatal(err)
	}
	uploader := c.NewUploader(func(o *oss.UploaderOptions) { o.PartSize = 100 << 10 })
	request := &oss.PutObjectRequest{Bucket: c.bucket, Key: oss.Ptr("parts")}
	if _, err := uploader.UploadFrom(t.Context(), request, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	for key, kind := range map[string]string{"whole": "Normal", "parts": "Multipart"} {
		head, err := c.HeadObject(t.Context(), &oss.HeadObjectRequest{Bucket: c.bucket, Key: oss.Ptr(key)})
		if err != nil {
			t.Fatal(err)
		}
		if got := oss.ToString(head.HashCRC64); got != want {
			t.Errorf("%s: CRC %s, want %s", key, got, want)
		}
		if got := oss.ToString(head.ObjectType); got != kind {
			t.Errorf("%s: type %s, want %s", key, got, kind)
		}
	}
}

// A request that states the CRC of other bytes is refused, and nothing is stored.
func TestWrongCRCIsRefused(t *testing.T) {
	c := newClient(oss.SignatureVersionV4)(t, emulator.Start(t, false)).(*client)
	request := &oss.PutObjectRequest{Bucket: c.bucket, Key: oss.Ptr("wrong"), Body: bytes.NewReader([]byte("bytes"))}
	request.Headers = map[string]string{"x-oss-hash-crc64ecma": "1"}
	if _, err := c.PutObject(t.Context(), request); c.Code(err) != "InvalidCRC64" {
		t.Errorf("got %v, want InvalidCRC64", err)
	}
	if _, err := c.Head(t.Context(), "wrong"); c.Code(err) != "NoSuchKey" {
		t.Errorf("head: %v", err)
	}
}

// An object that is not to be overwritten stays as it is.
func TestForbidOverwrite(t *testing.T) {
	c := newClient(oss.SignatureVersionV4)(t, emulator.Start(t, false)).(*client)
	for i, want := range []string{"", "FileAlreadyExists"} {
		_, err := c.PutObject(t.Context(), &oss.PutObjectRequest{
			Bucket: c.bucket, Key: oss.Ptr("once"), ForbidOverwrite: oss.Ptr("true"), Body: bytes.NewReader([]byte{byte(i)}),
		})
		if c.Code(err) != want || want == "" && err != nil {
			t.Errorf("put %d: %v, want %q", i, err, want)
		}
	}
	if got, err := c.Get(t.Context(), "once", nil); err != nil || !bytes.Equal(got, []byte{0}) {
		t.Errorf("%v, %v", got, err)
	}
}

// Parts may be ranges of other objects.
func TestUploadPartCopy(t *testing.T) {
	c := newClient(oss.SignatureVersionV4)(t, emulator.Start(t, false)).(*client)
	source, data := "source/a b+目", judge.Bytes(300_000, 1)
	if _, err := c.Put(t.Context(), source, data, judge.Properties{}); err != nil {
		t.Fatal(err)
	}
	upload, err := c.Begin(t.Context(), "copied", judge.Properties{})
	if err != nil {
		t.Fatal(err)
	}
	var parts []judge.Part
	for i, r := range []string{"bytes=190000-299999", "bytes=0-9"} {
		copied, err := c.UploadPartCopy(t.Context(), &oss.UploadPartCopyRequest{
			Bucket: c.bucket, Key: oss.Ptr("copied"), UploadId: &upload, PartNumber: int32(i + 1), SourceKey: &source, Range: &r,
		})
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, judge.Part{Number: i + 1, ETag: judge.Unquoted(oss.ToString(copied.ETag))})
	}
	if _, err := c.Complete(t.Context(), "copied", upload, parts); err != nil {
		t.Fatal(err)
	}
	want := append(bytes.Clone(data[190_000:]), data[:10]...)
	if got, err := c.Get(t.Context(), "copied", nil); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes of %d, %v", len(got), len(want), err)
	}
}
