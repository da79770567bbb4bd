package oss

import (
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// The headers of server-side encryption.
const (
	sseHeader  = "x-oss-server-side-encryption"
	sseData    = "x-oss-server-side-data-encryption"
	sseKeyID   = "x-oss-server-side-encryption-key-id"
	kms, sm4   = "KMS", "SM4"
	aes256     = "AES256"
	sseUnknown = "The encryption request you specified is not valid."
)

// sseHeaders are those that make an operation one with encryption.
var sseHeaders = []string{sseHeader, sseData, sseKeyID}

// readEncryption returns what the headers say of encryption, or why that cannot be.
func readEncryption(r *wire.Request) (storage.Encryption, error) {
	e := storage.Encryption{Algorithm: r.Header.Get(sseHeader), Data: r.Header.Get(sseData), KeyID: r.Header.Get(sseKeyID)}
	switch e.Algorithm {
	case "", aes256, kms, sm4:
	default:
		return e, refusal(http.StatusBadRequest, "InvalidEncryptionAlgorithmError", sseUnknown, "")
	}
	switch {
	case e.KeyID != "" && e.Algorithm != kms:
		return e, refusals.Argument(sseKeyID, e.KeyID)
	case e.Data != "" && (e.Data != sm4 || e.Algorithm != kms):
		return e, refusals.Argument(sseData, e.Data)
	}
	return e, nil
}

// noEncryption refuses what belongs to the beginning of an upload where it stands on a part of it.
func noEncryption(r *wire.Request) error {
	for _, name := range sseHeaders {
		if v := r.Header.Get(name); v != "" {
			return refusals.Argument(name, v)
		}
	}
	return nil
}

func setEncryption(h http.Header, e storage.Encryption) {
	for name, value := range map[string]string{sseHeader: e.Algorithm, sseData: e.Data, sseKeyID: e.KeyID} {
		if value != "" {
			h.Set(name, value)
		}
	}
}

// unlock refuses to show what was stored with a key of the client's own: OSS has no way to state it.
func unlock(_ *wire.Request, e storage.Encryption, _ bool) error {
	if e.Customer != nil {
		return refusal(http.StatusForbidden, "AccessDenied", "The object was stored with a key that only a request in the S3 dialect can bring.", "")
	}
	return nil
}
