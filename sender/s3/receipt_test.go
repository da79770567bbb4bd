package s3

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
	answer := &wire.Response{Status: 200, Header: wire.Header{{Name: "ETag", Value: `"e"`}, {Name: "X-Amz-Version-Id", Value: "v"}}}
	r, err := (&call{}).receipt(answer, answer.Header.Get("Etag"))
	if err != nil || r.ETag != "e" || r.VersionID != "v" {
		t.Fatal(r, err)
	}
	tag := unsafe.StringData(answer.Header[0].Value[1:])
	if unsafe.StringData(r.ETag) == tag || unsafe.StringData(r.VersionID) == unsafe.StringData(answer.Header[1].Value) {
		t.Error("it is a piece of the answer")
	}
}

// The journal has room for 128 bytes of each. Without its version an object is still proven, without its ETag it is not.
func TestReceiptHasNoMoreThanTheJournalHolds(t *testing.T) {
	for _, n := range []int{maxVersion, maxVersion + 1} {
		long, fits := strings.Repeat("v", n), n <= maxVersion
		answer := &wire.Response{Status: 200, Header: wire.Header{{Name: "X-Amz-Version-Id", Value: long}}}
		if r, err := (&call{}).receipt(answer, "e"); err != nil || (r.VersionID == long) != fits || (r.VersionID == "") == fits {
			t.Errorf("a version of %d bytes: %q, %v", n, r.VersionID, err)
		}
		if _, err := (&call{}).receipt(answer, long); errors.Is(err, sender.ErrNoAnswer) == fits {
			t.Errorf("an ETag of %d bytes: %v", n, err)
		}
	}
}
