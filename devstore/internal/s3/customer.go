package s3

import (
	"crypto/md5" // the API states keys by it
	"encoding/base64"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// The headers of a key that the client brings, behind their prefix: x-amz- or x-amz-copy-source-.
const (
	ssecAlgorithm = "server-side-encryption-customer-algorithm"
	ssecKey       = "server-side-encryption-customer-key"
	ssecMD5       = "server-side-encryption-customer-key-MD5"

	source = prefix + "copy-source-"
)

// ssecHeaders and ssecSource are those that make an operation one with such a key.
var (
	ssecHeaders = []string{prefix + ssecAlgorithm, prefix + ssecKey, prefix + ssecMD5}
	ssecSource  = []string{source + ssecAlgorithm, source + ssecKey, source + ssecMD5}
)

// The refusals of a key, and of its absence.
var (
	noSuchCipher = refusal(http.StatusBadRequest, "InvalidEncryptionAlgorithmError", "The encryption request you specified is not valid. Supported value: AES256.")
	badKey       = refusal(http.StatusBadRequest, "InvalidArgument", "The secret key was invalid for the specified algorithm.")
	wrongKeyMD5  = refusal(http.StatusBadRequest, "InvalidArgument", "The calculated MD5 hash of the key did not match the hash that was provided.")
	accessDenied = refusal(http.StatusForbidden, "AccessDenied", "Access Denied")
)

const (
	keyMissing  = "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object."
	keyNeedless = "The encryption parameters are not applicable to this object."
	partNoKey   = "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters."
	partKey     = "The multipart upload initiate did not request encryption. Please resend the request without sending encryption parameters."
	partOther   = "The provided encryption parameters did not match the ones used originally."
)

// customerKey is a key that a client brought.
type customerKey struct{ secret []byte }

// readCustomerKey returns the key that the headers of that prefix bring, nil if they bring none. They may come over
// plain HTTP, which S3 refuses: the server is for this machine.
func readCustomerKey(r *wire.Request, prefix string) (*customerKey, error) {
	h := r.Header
	algorithm, text, sum := h.Get(prefix+ssecAlgorithm), h.Get(prefix+ssecKey), h.Get(prefix+ssecMD5)
	switch {
	case algorithm == "" && text == "" && sum == "":
		return nil, nil
	case algorithm != "AES256":
		return nil, noSuchCipher
	}
	secret, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(secret) != 32 {
		return nil, badKey
	}
	if sum != md5Text(secret) {
		return nil, wrongKeyMD5
	}
	return &customerKey{secret: secret}, nil
}

func md5Text(b []byte) string {
	sum := md5.Sum(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// repeatCustomerKey writes the headers that tell which key was used. It is that of the request, or r would not have been
// let so far; a completion alone need not bring it.
func repeatCustomerKey(h http.Header, r *wire.Request) {
	for _, name := range []string{prefix + ssecAlgorithm, prefix + ssecMD5} {
		if v := r.Header.Get(name); v != "" {
			h.Set(name, v)
		}
	}
}

// unlock returns nil if r brings the key of an object, or of the source of a copy, and where it needs none, none.
func unlock(r *wire.Request, e storage.Encryption, asSource bool) error {
	from := prefix
	if asSource {
		from = source
	}
	key, err := readCustomerKey(r, from)
	switch {
	case err != nil:
		return err
	case e.Customer == nil && key != nil:
		return invalidRequest.Saying(keyNeedless)
	case e.Customer != nil && key == nil:
		return invalidRequest.Saying(keyMissing)
	case e.Customer != nil && !e.Customer.Proves(key.secret):
		return accessDenied
	}
	return nil
}

// checkPartKey returns nil if r brings the key that the upload was begun with.
func checkPartKey(r *wire.Request, u *storage.Upload) error {
	key, err := readCustomerKey(r, prefix)
	proof := u.Meta.Encryption.Customer
	switch {
	case err != nil:
		return err
	case proof == nil && key != nil:
		return invalidRequest.Saying(partKey)
	case proof != nil && key == nil:
		return invalidRequest.Saying(partNoKey)
	case proof != nil && !proof.Proves(key.secret):
		return invalidRequest.Saying(partOther)
	}
	return nil
}

// checkCompletionKey returns nil if r brings no key, as it may, or the one that the upload was begun with.
func checkCompletionKey(r *wire.Request, u *storage.Upload) error {
	if key, err := readCustomerKey(r, prefix); key == nil {
		return err
	}
	return checkPartKey(r, u)
}
