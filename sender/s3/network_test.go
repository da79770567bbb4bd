package s3

import (
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

// TestAnswerThatAFinCutsIsNeverASuccess has a store behind a proxy of HTTP/1.0: an answer states no length, and ends
// with the connection, so that nothing but its XML tells a whole one from one that was cut.
func TestAnswerThatAFinCutsIsNeverASuccess(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		call func(f *fake) error
	}{
		"begin upload": {
			`<?xml version="1.0"?><InitiateMultipartUploadResult><UploadId>ID</UploadId></InitiateMultipartUploadResult>`,
			func(f *fake) error { _, err := f.Begin(t.Context(), &sender.Object{Key: "k"}); return err },
		},
		"complete upload": {
			result("<ETag>e</ETag>"),
			func(f *fake) error {
				_, err := f.Complete(t.Context(), anUpload, &sender.Object{Key: anUpload.Key}, twoParts(hasher.CRC64NVME))
				return err
			},
		},
		"list parts": {
			`<ListPartsResult><IsTruncated>false</IsTruncated><Part><PartNumber>1</PartNumber><ETag>"A"</ETag><Size>1</Size></Part></ListPartsResult>`,
			func(f *fake) error { _, err := collect(f.Parts(t.Context(), anUpload)); return err },
		},
	} {
		t.Run(name, func(t *testing.T) {
			var cut atomic.Int64
			f := newFake(t, Options{}, func(w http.ResponseWriter, _ *seen) { hangUp(w, c.body[:cut.Load()]) })
			f.uploads.Store(anUpload, hasher.CRC64NVME)
			for k := range len(c.body) {
				cut.Store(int64(k))
				err := c.call(f)
				if sender.KindOf(err) != sender.TryAgain || !errors.Is(err, sender.ErrNoAnswer) {
					t.Fatalf("cut after %d bytes: got %v", k, err)
				}
			}
			cut.Store(int64(len(c.body)))
			if err := c.call(f); err != nil {
				t.Errorf("the whole answer: %v", err)
			}
		})
	}
}

// hangUp answers as a server of HTTP/1.0 does.
func hangUp(w http.ResponseWriter, body string) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(c, "HTTP/1.0 200 OK\r\nx-amz-request-id: RID\r\n\r\n"+body)
	_ = c.Close()
}
