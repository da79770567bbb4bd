package s3

import (
	"net/http"
	"strconv"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// The headers of server-side encryption.
const (
	sse        = "x-amz-server-side-encryption"
	sseKeyID   = sse + "-aws-kms-key-id"
	sseContext = sse + "-context"
	sseBucket  = sse + "-bucket-key-enabled"
)

// sseHeaders are those that make an operation one with encryption.
var sseHeaders = []string{sse, sseKeyID, sseContext, sseBucket}

// encryptions are the algorithms of S3, and what OSS calls them: so they are kept.
var encryptions = map[string]string{"AES256": "AES256", "aws:kms": "KMS", "aws:kms:dsse": "aws:kms:dsse"}

// encryption returns an algorithm that is kept as S3 shows it.
func encryption(kept string) string {
	if kept == "KMS" {
		return "aws:kms"
	}
	return kept
}

// readEncryption returns what the headers say of encryption, or why that cannot be.
func readEncryption(r *wire.Request) (storage.Encryption, error) {
	key, err := readCustomerKey(r, prefix)
	if err != nil {
		return storage.Encryption{}, err
	}
	name := r.Header.Get(sse)
	e := storage.Encryption{Algorithm: encryptions[name], KeyID: r.Header.Get(sseKeyID), Context: r.Header.Get(sseContext)}
	bucketKey, ok := r.Flag(sseBucket)
	e.BucketKey = bucketKey
	byKMS := e.Algorithm != "" && e.Algorithm != "AES256"
	switch {
	case name != "" && e.Algorithm == "":
		return e, refusals.Argument(sse, name).Saying("The encryption method specified is not supported")
	case !ok:
		return e, refusals.Argument(sseBucket, r.Header.Get(sseBucket))
	case !byKMS && (e.KeyID != "" || e.Context != ""):
		return e, refusals.Argument(sse, name).Saying("Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms")
	case key != nil && name != "":
		return e, refusals.Argument(sse, name).Saying("Server Side Encryption with Customer provided key is incompatible with the encryption method specified")
	case key != nil:
		e.Customer = storage.ProveKey(key.secret)
	}
	return e, nil
}

// setEncryption writes the headers that tell how an object, or an upload, is encrypted.
func setEncryption(h http.Header, r *wire.Request, e storage.Encryption) {
	if e.Algorithm != "" {
		h.Set(sse, encryption(e.Algorithm))
	}
	if e.KeyID != "" {
		h.Set(sseKeyID, e.KeyID)
	}
	if e.BucketKey {
		h.Set(sseBucket, strconv.FormatBool(true))
	}
	if e.Customer != nil {
		repeatCustomerKey(h, r)
	}
}
