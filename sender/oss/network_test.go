package oss

import (
	"errors"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/ingest-dev/ingest/sender"
)

// TestAnswerThatAFinCutsIsNeverASuccess has a store behind a proxy of HTTP/1.0: an answer states no length, and ends
// with the connection, so that nothing but its XML tells a whole one from one that was cut.
func TestAnswerThatAFinCutsIsNeverASuccess(t *testing.T) {
	upload := sender.Upload{Key: "k", ID: "ID"}
	for name, c := range map[string]struct {
		body string
		call func(s *Store) error
	}{
		"begin upload": {
			`<?xml version="1.0"?><InitiateMultipartUploadResult><UploadId>ID</UploadId></InitiateMultipartUploadResult>`,
			func(s *Store) error { _, err := s.Begin(t.Context(), object); return err },
		},
		"complete upload": {
			`<CompleteMultipartUploadResult><ETag>"B-1"</ETag></CompleteMultipartUploadResult>`,
			func(s *Store) error {
				_, err := s.Complete(t.Context(), upload, object, sender.Completion{})
				return err
			},
		},
		"list parts": {
			`<ListPartsResult><IsTruncated>false</IsTruncated><Part><PartNumber>1</PartNumber><ETag>"A"</ETag><Size>1</Size></Part></ListPartsResult>`,
			func(s *Store) error {
				for _, err := range s.Parts(t.Context(), upload) {
					if err != nil {
						return err
					}
				}
				return nil
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var cut atomic.Int64
			s, _ := start(t, func(_ int, w http.ResponseWriter, _ seen) { hangUp(w, c.body[:cut.Load()]) })
			for k := range len(c.body) {
				cut.Store(int64(k))
				err := c.call(s)
				if sender.KindOf(err) != sender.TryAgain || !errors.Is(err, sender.ErrNoAnswer) {
					t.Fatalf("cut after %d bytes: got %v", k, err)
				}
			}
			cut.Store(int64(len(c.body)))
			if err := c.call(s); err != nil {
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
	say(c, "HTTP/1.0 200 OK\r\nx-oss-request-id: 5C1B138A109F4E405B2D8AEF\r\n\r\n"+body)
	_ = c.Close()
}
