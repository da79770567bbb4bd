package s3_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/s3"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// TestLiveStore holds a real store against the contract: that of the AWS variables, with the bucket of
// INGEST_TEST_S3_BUCKET. INGEST_TEST_S3_CHECKSUM may name a checksum, and "md5" says that the store states no
// checksum of whole uploads. It leaves objects behind.
func TestLiveStore(t *testing.T) {
	bucket := os.Getenv("INGEST_TEST_S3_BUCKET")
	if bucket == "" {
		t.Skip("INGEST_TEST_S3_BUCKET names no bucket")
	}
	checksum, err := s3.ParseChecksum(os.Getenv("INGEST_TEST_S3_CHECKSUM"))
	if err != nil {
		t.Fatal(err)
	}
	sendertest.Run(t, func(t *testing.T) sendertest.Subject {
		store, err := s3.New(t.Context(), s3.Options{Bucket: bucket, Checksum: checksum})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(store.Close)
		return sendertest.Subject{
			Store: store, Prefix: fmt.Sprintf("ingest-test/%d/", time.Now().UnixNano()), NoChecksum: checksum == s3.MD5,
		}
	})
}

// TestLiveUpload sends an object of three parts, and wants the store to prove the whole of it.
func TestLiveUpload(t *testing.T) {
	bucket := os.Getenv("INGEST_TEST_S3_BUCKET")
	if bucket == "" {
		t.Skip("INGEST_TEST_S3_BUCKET names no bucket")
	}
	for _, checksum := range []s3.Checksum{s3.Auto, s3.CRC64NVME, s3.CRC32C, s3.MD5} {
		store, err := s3.New(t.Context(), s3.Options{Bucket: bucket, Checksum: checksum})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		r, whole := uploadThree(t, store)
		t.Logf("%v: wire %v, receipt %+v", checksum, store.Wire(), r)
		if r.Checksum != whole {
			t.Errorf("%v: the receipt states %v, want %v", checksum, r.Checksum, whole)
		}
	}
}

// uploadThree uploads an object of three parts, and returns Complete's receipt and the checksum of the whole that it
// was given: a CRC, also where parts go with MD5.
func uploadThree(t *testing.T, store *s3.Store) (sender.Receipt, hasher.Checksum) {
	t.Helper()
	const size = 5 << 20
	o := &sender.Object{Key: "ingest-test/three parts", Size: 2*size + 1}
	data := sendertest.Bytes(3, o.Size)
	u, err := store.Begin(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var done sender.Completion
	for i := range 3 {
		part := data[i*size : min((i+1)*size, len(data))]
		r, err := store.SendPart(t.Context(), u, sender.Part{Number: i + 1, Payload: sendertest.Payload(part, store.Wire())})
		if err != nil {
			t.Fatal(err)
		}
		done.Parts = append(done.Parts, sender.StoredPart{Number: i + 1, Size: int64(len(part)), ETag: r.ETag, Checksum: r.Checksum})
	}
	wire := store.Wire()
	if !wire.Combines() {
		wire = hasher.CRC64NVME
	}
	done.Whole = hasher.Sum(data, hasher.SetOf(wire)).Get(wire)
	r, err := store.Complete(t.Context(), u, o, done)
	if err != nil {
		t.Fatal(err)
	}
	return r, done.Whole
}
