// Package minio lets minio-go judge the embedded store. Over HTTP the client signs its bodies chunk by chunk.
package minio

import (
	"bytes"
	"io"
	"testing"

	"github.com/ingest-dev/ingest/test/internal/emulator"
	"github.com/ingest-dev/ingest/test/internal/judge"
	"github.com/minio/minio-go/v7"
)

// ways are how the client sends a body: signed chunks, signed chunks with trailers, unsigned.
var ways = map[string]struct{ tls, trailers bool }{
	"http": {false, false}, "http with trailers": {false, true}, "https": {true, false},
}

func TestJudge(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			judge.Run(t, judge.Trial{
				New: newClient(way.trailers), Access: emulator.Start(t, way.tls), MinPart: 5 << 20,
				UploadETag: judge.S3UploadETag, BadMD5: []string{"BadDigest", "InvalidDigest"}, HeadMissing: "NoSuchKey",
			})
		})
	}
}

// The client's own uploader, with checksums of parts in trailers, and a stream whose length it does not know.
func TestUploader(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			c := newClient(way.trailers)(t, emulator.Start(t, way.tls)).(*client)
			data := judge.Bytes(12<<20+1, 1)
			for key, size := range map[string]int64{"known": int64(len(data)), "unknown": -1} {
				r := io.Reader(bytes.NewReader(data))
				if size < 0 {
					r = io.MultiReader(r) // hides that it can seek
				}
				if _, err := c.Client.PutObject(t.Context(), c.bucket, key, r, size, minio.PutObjectOptions{PartSize: 5 << 20}); err != nil {
					t.Fatalf("%s: %v", key, err)
				}
				if got, err := c.Get(t.Context(), key, nil); err != nil || !bytes.Equal(got, data) {
					t.Errorf("%s: %d bytes of %d, %v", key, len(got), len(data), err)
				}
			}
		})
	}
}

// The client composes an object out of others, on the store's side.
func TestCompose(t *testing.T) {
	c := newClient(false)(t, emulator.Start(t, false)).(*client)
	one, two := judge.Bytes(6<<20, 1), judge.Bytes(3, 2)
	for key, data := range map[string][]byte{"one a+b": one, "two": two} {
		if _, err := c.Put(t.Context(), key, data, judge.Properties{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.ComposeObject(t.Context(), minio.CopyDestOptions{Bucket: c.bucket, Object: "composed"},
		minio.CopySrcOptions{Bucket: c.bucket, Object: "one a+b"}, minio.CopySrcOptions{Bucket: c.bucket, Object: "two"}); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Get(t.Context(), "composed", nil); err != nil || !bytes.Equal(got, append(one, two...)) {
		t.Errorf("%d bytes of %d, %v", len(got), len(one)+len(two), err)
	}
}
