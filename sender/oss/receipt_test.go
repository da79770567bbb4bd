package oss

import (
	"testing"
	"unsafe"

	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// A receipt that is a piece of its answer's head keeps all of it: ten thousand of them, of a file's parts, are megabytes.
func TestReceiptKeepsNothingOfTheHead(t *testing.T) {
	answer := &wire.Response{Status: 200, Header: wire.Header{{Name: "ETag", Value: `"e"`}, {Name: "X-Oss-Version-Id", Value: "v"}}}
	r, err := (&call{}).receipt(answer)
	if err != nil || r.ETag != "e" || r.VersionID != "v" {
		t.Fatal(r, err)
	}
	tag := unsafe.StringData(answer.Header[0].Value[1:])
	if unsafe.StringData(r.ETag) == tag || unsafe.StringData(r.VersionID) == unsafe.StringData(answer.Header[1].Value) {
		t.Error("it is a piece of the answer")
	}
}
