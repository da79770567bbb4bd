package s3

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// The words of AWS Signature Version 4, as in
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html.
const (
	signAlgorithm   = "AWS4-HMAC-SHA256"
	signService     = "s3"
	signTerminator  = "aws4_request"
	signTime        = "20060102T150405Z"
	unsignedPayload = "UNSIGNED-PAYLOAD"
	emptyPayload    = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" // SHA-256 of nothing
)

// signer signs requests. It keeps the key of the day, so that a signature costs two hashes and few allocations.
// The zero value with a region is ready; it may be used from many goroutines.
type signer struct {
	region  string
	key     atomic.Pointer[signingKey]
	second  atomic.Pointer[stamp]
	scratch sync.Pool // of *canonical
}

// sign sets the headers that SigV4 adds, Authorization last. The request's URL must have its path in RawPath and
// its query sorted, both escaped as [wire.AppendEscaped] does; payload is the hex SHA-256 of the body or UNSIGNED-PAYLOAD.
func (s *signer) sign(r *wire.Request, c aws.Credentials, payload string, at time.Time) {
	date := s.date(at)
	r.Header.Set("X-Amz-Date", date)
	r.Header.Set("X-Amz-Content-Sha256", payload)
	if c.SessionToken != "" {
		r.Header.Set("X-Amz-Security-Token", c.SessionToken)
	}
	w, _ := s.scratch.Get().(*canonical)
	if w == nil {
		w = new(canonical)
	}
	r.Header.Set("Authorization", w.authorize(r, s.keyFor(c, date[:8]), date, payload))
	s.scratch.Put(w)
}

// stamp is a second, as headers state it.
type stamp struct {
	unix int64
	text string
}

func (s *signer) date(at time.Time) string {
	unix := at.Unix()
	if kept := s.second.Load(); kept != nil && kept.unix == unix {
		return kept.text
	}
	text := at.UTC().Format(signTime)
	s.second.Store(&stamp{unix, text})
	return text
}

// signingKey is the key derived for one day, region and access key.
type signingKey struct {
	day, id, secret string
	scope           string    // "20060102/region/s3/aws4_request"
	macs            sync.Pool // of hash.Hash, HMACs with the derived key
}

func (s *signer) keyFor(c aws.Credentials, day string) *signingKey {
	if k := s.key.Load(); k != nil && k.day == day && k.id == c.AccessKeyID && k.secret == c.SecretAccessKey {
		return k
	}
	k := deriveKey(c, day, s.region)
	s.key.Store(k)
	return k
}

func deriveKey(c aws.Credentials, day, region string) *signingKey {
	key := []byte("AWS4" + c.SecretAccessKey)
	for _, word := range []string{day, region, signService, signTerminator} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(word))
		key = mac.Sum(nil)
	}
	return &signingKey{
		day: day, id: c.AccessKeyID, secret: c.SecretAccessKey,
		scope: day + "/" + region + "/" + signService + "/" + signTerminator,
		macs:  sync.Pool{New: func() any { return hmac.New(sha256.New, key) }},
	}
}

// appendMAC appends the hex HMAC of message under the derived key. dst may share memory with message.
func (k *signingKey) appendMAC(dst, message []byte, sum []byte) []byte {
	mac := k.macs.Get().(hash.Hash)
	mac.Reset()
	mac.Write(message)
	sum = mac.Sum(sum[:0])
	k.macs.Put(mac)
	return hex.AppendEncode(dst, sum)
}

// canonical is the working memory of one signature.
type canonical struct {
	fields []wire.Field
	buf    []byte
	sum    [sha256.Size]byte
}

func (w *canonical) authorize(r *wire.Request, k *signingKey, date, payload string) string {
	w.collect(r)
	w.buf = w.appendRequest(w.buf[:0], r, payload)
	w.sum = sha256.Sum256(w.buf)
	w.buf = w.appendStringToSign(w.buf[:0], date, k.scope)
	n := len(w.buf)
	w.buf = k.appendMAC(w.buf, w.buf[:n], w.sum[:])
	return w.header(k, n)
}

// collect gathers the headers to sign, by their lower-case names.
func (w *canonical) collect(r *wire.Request) {
	w.fields = append(w.fields[:0], wire.Field{Name: "Host", Value: r.URL.Host})
	if n := len(r.Body); n > 0 {
		w.fields = append(w.fields, wire.Field{Name: "Content-Length", Value: strconv.Itoa(n)})
	}
	for _, f := range r.Header {
		if signed(f.Name) {
			w.fields = append(w.fields, f)
		}
	}
	slices.SortFunc(w.fields, func(a, b wire.Field) int { return compareFold(a.Name, b.Name) })
}

// signed reports whether a header takes part in the signature: all do but those that the transport or a proxy sets.
func signed(name string) bool {
	switch name {
	case "Authorization", "User-Agent", "Expect", "Transfer-Encoding", "X-Amzn-Trace-Id":
		return false
	}
	return true
}

func (w *canonical) appendRequest(b []byte, r *wire.Request, payload string) []byte {
	b = append(append(b, r.Method...), '\n')
	b = append(append(b, r.URL.RawPath...), '\n')
	b = append(append(b, r.URL.RawQuery...), '\n')
	for _, f := range w.fields {
		b = append(appendLower(b, f.Name), ':')
		b = append(appendSqueezed(b, f.Value), '\n')
	}
	b = append(b, '\n')
	b = append(w.appendNames(b), '\n')
	return append(b, payload...)
}

func (w *canonical) appendNames(b []byte) []byte {
	for i, f := range w.fields {
		if i > 0 {
			b = append(b, ';')
		}
		b = appendLower(b, f.Name)
	}
	return b
}

func (w *canonical) appendStringToSign(b []byte, date, scope string) []byte {
	b = append(b, signAlgorithm...)
	b = append(append(b, '\n'), date...)
	b = append(append(b, '\n'), scope...)
	b = append(b, '\n')
	return hex.AppendEncode(b, w.sum[:])
}

// header writes the Authorization value behind the signature, which starts at from in the buffer.
func (w *canonical) header(k *signingKey, from int) string {
	to := len(w.buf)
	b := append(w.buf, signAlgorithm+" Credential="...)
	b = append(append(b, k.id...), '/')
	b = append(append(b, k.scope...), ", SignedHeaders="...)
	b = append(w.appendNames(b), ", Signature="...)
	b = append(b, b[from:to]...)
	w.buf = b
	return string(b[to:])
}

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func appendLower(b []byte, s string) []byte {
	for i := range len(s) {
		b = append(b, lowerByte(s[i]))
	}
	return b
}

// compareFold orders header names by their lower-case forms; the written forms sort '_' elsewhere.
func compareFold(a, b string) int {
	for i := range min(len(a), len(b)) {
		if c := cmp.Compare(lowerByte(a[i]), lowerByte(b[i])); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// appendSqueezed appends a header value as it is signed: trimmed, and every run of spaces as one.
func appendSqueezed(b []byte, s string) []byte {
	s = strings.TrimSpace(s)
	for i := range len(s) {
		if s[i] != ' ' || s[i-1] != ' ' {
			b = append(b, s[i])
		}
	}
	return b
}
