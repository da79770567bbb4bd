package oss

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// The headers that signing sets, as net/http spells them.
const (
	headerAuthorization = "Authorization"
	headerDate          = "Date"
	headerOSSDate       = "X-Oss-Date"
	headerSHA256        = "X-Oss-Content-Sha256"
	headerToken         = "X-Oss-Security-Token"
)

// signable is what a signature covers.
type signable struct {
	method string
	path   string // "/bucket/key", escaped; "/bucket/" for the bucket itself
	query  string // escaped as RFC 3986 says; in any order
	header *wire.Header
}

// signer adds to a request's header what proves who sends it. It may be used from many goroutines at once.
type signer interface {
	sign(r signable, c Credentials, now time.Time)
}

const (
	algorithmV4     = "OSS4-HMAC-SHA256"
	unsignedPayload = "UNSIGNED-PAYLOAD"
	terminatorV4    = "aliyun_v4_request"
)

// signerV4 signs with OSS4-HMAC-SHA256:
// https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4
//
// The payload is not part of the signature, as with all official clients: its proof is the checksum in the answer.
// The derived key is good for a day, a region and a secret, and kept.
type signerV4 struct {
	region string
	day    atomic.Pointer[dayKey]
	second atomic.Pointer[stamp]
}

// dayKey is what can be computed once a day.
type dayKey struct {
	date   string
	of     Credentials
	scope  string // date/region/oss/aliyun_v4_request
	prefix string // of the Authorization header, up to the signature
	key    hmacKey
}

// stamp is a second, as headers state it.
type stamp struct {
	unix int64
	text string // 20060102T150405Z
}

func (s *signerV4) sign(r signable, c Credentials, now time.Time) {
	at := s.stamp(now)
	r.header.Set(headerOSSDate, at.text)
	r.header.Set(headerSHA256, unsignedPayload)
	if c.SecurityToken != "" {
		r.header.Set(headerToken, c.SecurityToken)
	}
	day := s.key(at.text[:8], c)
	b := buffers.Get().(*buffer)
	defer buffers.Put(b)
	b.text = appendCanonical(b.text[:0], r, &b.fields, &b.pairs)
	digest := sha256.Sum256(b.text)
	b.text = appendStringToSign(b.text[:0], at.text, day.scope, digest)
	signature := day.key.sum(b.text, &b.block)
	b.text = append(b.text[:0], day.prefix...)
	b.text = hex.AppendEncode(b.text, signature[:])
	r.header.Set(headerAuthorization, string(b.text))
}

func (s *signerV4) stamp(now time.Time) *stamp {
	unix := now.Unix()
	if at := s.second.Load(); at != nil && at.unix == unix {
		return at
	}
	text := now.UTC().Format("20060102T150405Z")
	at := &stamp{unix, text}
	s.second.Store(at)
	return at
}

func (s *signerV4) key(date string, c Credentials) *dayKey {
	if day := s.day.Load(); day != nil && day.date == date && day.of == c {
		return day
	}
	scope := date + "/" + s.region + "/oss/" + terminatorV4
	day := &dayKey{
		date: date, of: c, scope: scope,
		prefix: algorithmV4 + " Credential=" + c.AccessKeyID + "/" + scope + ",Signature=",
		key:    deriveV4(c.AccessKeySecret, date, s.region),
	}
	s.day.Store(day)
	return day
}

func deriveV4(secret, date, region string) hmacKey {
	var block []byte
	key := newHMACKey([]byte("aliyun_v4" + secret))
	for _, step := range []string{date, region, "oss", terminatorV4} {
		sum := key.sum([]byte(step), &block)
		key = newHMACKey(sum[:])
	}
	return key
}

func appendStringToSign(b []byte, at, scope string, digest [sha256.Size]byte) []byte {
	b = append(append(b, algorithmV4...), '\n')
	b = append(append(b, at...), '\n')
	b = append(append(b, scope...), '\n')
	return hex.AppendEncode(b, digest[:])
}

// appendCanonical appends the canonical request: method, path, query, headers, no additional headers, payload.
func appendCanonical(b []byte, r signable, fields *[]wire.Field, pairs *[]string) []byte {
	b = append(append(b, r.method...), '\n')
	b = append(append(b, r.path...), '\n')
	b = append(appendQuery(b, r.query, pairs), '\n')
	b = append(appendHeaders(b, *r.header, fields, signedV4), '\n', '\n')
	return append(b, unsignedPayload...)
}

// appendQuery appends the parameters in the order of their names; one without a value has no "=".
func appendQuery(b []byte, query string, pairs *[]string) []byte {
	*pairs = (*pairs)[:0]
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		*pairs = append(*pairs, strings.TrimSuffix(pair, "="))
	}
	slices.SortFunc(*pairs, func(x, y string) int { return strings.Compare(nameOf(x), nameOf(y)) })
	for i, pair := range *pairs {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(b, pair...)
	}
	return b
}

func nameOf(pair string) string {
	name, _, _ := strings.Cut(pair, "=")
	return name
}

// appendHeaders appends "name:value\n" of each header that wanted accepts, in the order of their lower-case names.
func appendHeaders(b []byte, h wire.Header, fields *[]wire.Field, wanted func(string) bool) []byte {
	*fields = (*fields)[:0]
	for _, f := range h {
		if wanted(f.Name) {
			*fields = append(*fields, f)
		}
	}
	slices.SortFunc(*fields, func(x, y wire.Field) int { return compareFolded(x.Name, y.Name) })
	for _, f := range *fields {
		b = append(appendLower(b, f.Name), ':')
		b = append(append(b, strings.TrimSpace(f.Value)...), '\n')
	}
	return b
}

func signedV4(name string) bool {
	return signedV1(name) || strings.EqualFold(name, "Content-Type") || strings.EqualFold(name, "Content-Md5")
}

func signedV1(name string) bool { return len(name) > 6 && strings.EqualFold(name[:6], "x-oss-") }

// compareFolded compares two names as if they were in lower case. Sorting the names as net/http spells them would put
// "_" elsewhere.
func compareFolded(x, y string) int {
	for i := range min(len(x), len(y)) {
		if a, b := lower(x[i]), lower(y[i]); a != b {
			return int(a) - int(b)
		}
	}
	return len(x) - len(y)
}

func appendLower(b []byte, s string) []byte {
	for i := range len(s) {
		b = append(b, lower(s[i]))
	}
	return b
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// hmacKey is a key of HMAC-SHA256 (RFC 2104), padded and combined with the two constants, so that a sum needs no
// memory of its own, which crypto/hmac would take.
type hmacKey struct{ inner, outer [sha256.BlockSize]byte }

func newHMACKey(key []byte) (k hmacKey) {
	if len(key) > sha256.BlockSize {
		sum := sha256.Sum256(key)
		key = sum[:]
	}
	copy(k.inner[:], key)
	copy(k.outer[:], key)
	for i := range sha256.BlockSize {
		k.inner[i] ^= 0x36
		k.outer[i] ^= 0x5c
	}
	return k
}

func (k *hmacKey) sum(message []byte, block *[]byte) [sha256.Size]byte {
	*block = append(append((*block)[:0], k.inner[:]...), message...)
	inner := sha256.Sum256(*block)
	*block = append(append((*block)[:0], k.outer[:]...), inner[:]...)
	return sha256.Sum256(*block)
}

// buffer is the scratch of one signature.
type buffer struct {
	text, block []byte
	fields      []wire.Field
	pairs       []string
}

var buffers = sync.Pool{New: func() any { return new(buffer) }}
