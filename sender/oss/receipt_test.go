package oss

import (
	"errors"
	"strings"
	"testing"
	"unsafe"

	"github.com/ingest-dev/ingest/sender"
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

// Two headers whose names differ in case alone are one to OSS, and to Get, which takes the first.
func TestMetadataThatIsThereTwiceIsTheFirst(t *testing.T) {
	m := metadata(wire.Header{{Name: "X-Oss-Meta-A", Value: "1"}, {Name: "x-oss-meta-a", Value: "2"}})
	if len(m) != 1 || m["a"] != "1" {
		t.Error(m)
	}
}

// The journal has room for 128 bytes of each.
func TestReceiptThatIsTooLongIsNone(t *testing.T) {
	for _, n := range []int{maxETag, maxETag + 1} {
		for _, name := range []string{headerETag, headerVersion} {
			answer := &wire.Response{Status: 200, Header: wire.Header{{Name: name, Value: strings.Repeat("e", n)}}}
			answer.Header = append(answer.Header, wire.Field{Name: headerETag, Value: "e"})
			_, err := (&call{}).receipt(answer)
			if tooLong := n > maxETag; errors.Is(err, sender.ErrNoAnswer) != tooLong {
				t.Errorf("%s of %d bytes: %v", name, n, err)
			}
		}
	}
}
