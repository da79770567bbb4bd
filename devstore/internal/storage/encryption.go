package storage

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"slices"
)

// Encryption is how a client wants an object encrypted. It is kept and shown; nothing is encrypted. Its zero value
// means that the client did not say.
type Encryption struct {
	Algorithm string `json:"algorithm,omitempty"` // as OSS calls it: AES256, KMS, SM4; or a name that S3 alone has
	Data      string `json:"data,omitempty"`      // the algorithm below KMS, as OSS calls it
	KeyID     string `json:"key_id,omitempty"`
	Context   string `json:"context,omitempty"`
	BucketKey bool   `json:"bucket_key,omitempty"`
	// Customer tells the key that the client brings with every request, nil if it brings none.
	Customer *KeyProof `json:"customer,omitempty"`
}

// KeyProof tells a key from another without holding it.
type KeyProof struct {
	Salt []byte `json:"salt"`
	Sum  []byte `json:"sum"` // SHA-256 of the salt and the key
}

// ProveKey returns the proof of a key.
func ProveKey(key []byte) *KeyProof {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	return &KeyProof{Salt: salt, Sum: saltedSum(salt, key)}
}

// Proves reports whether it is the proof of key.
func (p *KeyProof) Proves(key []byte) bool {
	return subtle.ConstantTimeCompare(p.Sum, saltedSum(p.Salt, key)) == 1
}

func saltedSum(salt, key []byte) []byte {
	sum := sha256.Sum256(slices.Concat(salt, key))
	return sum[:]
}
