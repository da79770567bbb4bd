package s3

import (
	"crypto/md5" // S3 wants it of the key, to notice a garbled one
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// CustomerKey is a key of the caller's own, with which S3 encrypts objects and which it forgets again (SSE-C): who
// loses it has lost the objects. It prints as a word: neither it nor its MD5 gets into a log, an error or JSON.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
type CustomerKey struct {
	key, sum string // as headers have them: base64 of the key and of its MD5
	print    [16]byte
}

// customerKeySize is the length of a key, in bytes: AES-256 is all there is.
const customerKeySize = 32

// NewCustomerKey makes a key of 32 bytes, which it copies. It fails if there are more or fewer.
func NewCustomerKey(key []byte) (*CustomerKey, error) {
	if len(key) != customerKeySize {
		return nil, fmt.Errorf("a customer key has %d bytes, and not %d: write it raw, without a line break", customerKeySize, len(key))
	}
	sum := md5.Sum(key)
	k := &CustomerKey{key: base64.StdEncoding.EncodeToString(key), sum: base64.StdEncoding.EncodeToString(sum[:])}
	print := sha256.Sum256(append([]byte("ingest customer key\x00"), key...))
	copy(k.print[:], print[:])
	return k, nil
}

// Fingerprint tells keys apart, and says nothing of them.
func (k *CustomerKey) Fingerprint() [16]byte { return k.print }

// String returns a word in place of the key.
func (k *CustomerKey) String() string { return "customer key" }

// GoString returns a word in place of the key, for %#v.
func (k *CustomerKey) GoString() string { return k.String() }

// Format prints a word in place of the key, whatever the verb.
func (k *CustomerKey) Format(f fmt.State, _ rune) { fmt.Fprint(f, k.String()) }

// MarshalJSON returns a word in place of the key.
func (k *CustomerKey) MarshalJSON() ([]byte, error) { return []byte(`"customer key"`), nil }

// secret returns what must not be seen in foreign text; empty without a key.
func (k *CustomerKey) secret() string {
	if k == nil {
		return ""
	}
	return k.key
}

// state adds the key to a request.
func (k *CustomerKey) state(h *wire.Header) {
	if k == nil {
		return
	}
	set(h, headerEncryption+"-Customer-Algorithm", "AES256")
	set(h, headerEncryption+"-Customer-Key", k.key)
	set(h, headerEncryption+"-Customer-Key-Md5", k.sum)
}

// mayTravel returns why a key must not be sent to an address: S3 refuses it over plain HTTP, and by then everybody on
// the way has seen it.
func (k *CustomerKey) mayTravel(a address) error {
	if k == nil || a.scheme == "https" || isLoopback(a.host) {
		return nil
	}
	return errors.New("a customer key is not sent over plain http: use an https:// endpoint")
}

func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if ip := net.ParseIP(strings.Trim(host, "[]")); ip != nil {
		return ip.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost") // RFC 6761, section 6.3
}
