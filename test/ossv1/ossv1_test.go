// Package ossv1 lets aliyun-oss-go-sdk judge the embedded store.
package ossv1

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"
	"github.com/ingest-dev/ingest/test/internal/emulator"
	"github.com/ingest-dev/ingest/test/internal/judge"
)

// versions are the signatures that the client can make and OSS still takes.
var versions = []oss.AuthVersionType{oss.AuthV1, oss.AuthV4}

func TestJudge(t *testing.T) {
	for _, version := range versions {
		t.Run(string(version), func(t *testing.T) {
			judge.Run(t, judge.Trial{
				New: newClient(version), Access: emulator.Start(t, false), MinPart: 100 << 10,
				UploadETag: judge.OSSUploadETag, BadMD5: []string{"InvalidDigest"}, HeadMissing: "NoSuchKey",
				WholeBeyond: true,
			})
		})
	}
}

// The client's resumable uploader goes on from its checkpoint after a part has failed.
func TestResumableUpload(t *testing.T) {
	a := emulator.Start(t, false)
	fault := judge.NewFault(&a, 5)
	c := newClient(oss.AuthV4)(t, a).(*client)
	dir, data := t.TempDir(), judge.Bytes(1_000_000, 1)
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	upload := func() error {
		return c.bucket.UploadFile("resumed", file, 100<<10, oss.Checkpoint(true, filepath.Join(dir, "cp")))
	}
	if err := upload(); err == nil {
		t.Fatal("the first run did not fail")
	}
	first := fault.Sent.Load()
	fault.Armed.Store(false)
	if err := upload(); err != nil {
		t.Fatal(err)
	}
	if again := fault.Sent.Load() - first; again >= 10 { // the client may forget a part that arrived as another failed
		t.Errorf("%d parts were sent again", again)
	}
	got, err := c.Get(t.Context(), "resumed", nil)
	if err != nil || !bytes.Equal(got, data) {
		t.Fatalf("%d bytes of %d, %v", len(got), len(data), err)
	}
}

// Append is a dialect's own; its positions and its checksum come back in headers.
func TestAppend(t *testing.T) {
	c := newClient(oss.AuthV1)(t, emulator.Start(t, false)).(*client)
	position, err := c.bucket.AppendObject("log", bytes.NewReader([]byte("first ")), 0)
	if err != nil {
		t.Skipf("the store does not append: %v", err)
	}
	if position, err = c.bucket.AppendObject("log", bytes.NewReader([]byte("second")), position); err != nil || position != 12 {
		t.Fatalf("position %d, %v", position, err)
	}
	if got, err := c.Get(t.Context(), "log", nil); err != nil || string(got) != "first second" {
		t.Fatalf("%q, %v", got, err)
	}
}
