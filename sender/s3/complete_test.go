package s3

import (
	"net/http"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

// Whole may be in another algorithm than the parts, where the endpoint's was settled in the middle.
func TestWholeOfAnotherAlgorithmIsNotStated(t *testing.T) {
	part := sender.StoredPart{Number: 1, ETag: "e", Checksum: sumOfText(hasher.CRC32C, "hello")}
	for _, whole := range []hasher.Algorithm{hasher.CRC32C, hasher.CRC64NVME} {
		h, _ := completion(sender.Completion{Parts: []sender.StoredPart{part}, Whole: sumOfText(whole, "hello")}, hasher.CRC32C)
		want := whole == hasher.CRC32C
		if h.Has("X-Amz-Checksum-Type") != want || h.Has("X-Amz-Checksum-Crc32c") != want || h.Has("X-Amz-Checksum-Crc64nvme") {
			t.Errorf("%v: %v", whole, h)
		}
	}
}

// Who wants the SHA-256 of a payload says so of a payload. A refusal of anything else is no reason to hash all bytes.
func TestRefusalWithoutAPayloadSignsNone(t *testing.T) {
	f := newFake(t, Options{}, func(w http.ResponseWriter, _ *seen) {
		xmlError(w, http.StatusBadRequest, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
	})
	if err := f.Abort(t.Context(), anUpload); err == nil || len(f.requests()) != 1 || f.signPayloads.Load() {
		t.Errorf("%v after %d requests; payloads are signed: %t", err, len(f.requests()), f.signPayloads.Load())
	}
}
