package auth

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Dialect is the family of protocols that a request speaks.
type Dialect uint8

// The dialects. The zero value is the store's native one, in which an anonymous request is answered.
const (
	OSS Dialect = iota
	S3
)

// String returns "OSS" or "S3".
func (d Dialect) String() string {
	if d == S3 {
		return "S3"
	}
	return "OSS"
}

// Keys returns the secret of an access key, or false if there is no such key. It may be called concurrently.
type Keys func(accessKeyID string) (secret string, ok bool)

// Verdict is what is known of a request whose signature is right.
type Verdict struct {
	Dialect     Dialect
	AccessKeyID string
	Region      string // that the signature was made for; empty in the schemes that name none
	Presigned   bool

	// DecodedLength is the number of bytes that Body's reader yields, or -1 if it is the request's Content-Length.
	DecodedLength int64

	// Body wraps the request's body: it decodes aws-chunked and verifies what the signature says of the payload.
	// The bytes are proven when Read has returned io.EOF, not before; what is wrong surfaces from Read as *Denied.
	// It is to be called once.
	Body func(io.Reader) io.Reader

	// Trailer returns the trailing headers of an aws-chunked body, such as X-Amz-Checksum-Crc32. It is empty
	// before the body has been read to its end.
	Trailer func() http.Header
}

// maxSkew is how far a client's clock may be off, in both dialects.
const maxSkew = 15 * time.Minute

// maxExpiry is the longest life of a presigned V4 request, in both dialects.
const maxExpiry = 7 * 24 * time.Hour

// DialectOf returns the dialect of a request: that of its signature, or of its headers if it carries none.
func DialectOf(r *http.Request) Dialect {
	authorization := r.Header.Get("Authorization")
	switch {
	case strings.HasPrefix(authorization, "OSS"):
		return OSS
	case strings.HasPrefix(authorization, "AWS"):
		return S3
	}
	for name := range r.URL.Query() {
		if hasPrefixFold(name, "x-amz-") {
			return S3
		}
	}
	for name := range r.Header {
		if hasPrefixFold(name, "x-amz-") {
			return S3
		}
	}
	return OSS
}

// Verify decides whether r was signed with a secret that keys knows, at a time that is right by now.
// The bucket and the key are those that the request addresses, unescaped; they are empty where it addresses none.
// It reads nothing of the body.
func Verify(r *http.Request, bucket, key string, keys Keys, now time.Time) (Verdict, *Denied) {
	a := &attempt{r: r, bucket: bucket, key: key, keys: keys, now: now, dialect: DialectOf(r)}
	params, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return a.deny(badQuery)
	}
	a.query = params
	return a.scheme()()
}

// attempt is a request on its way to a verdict.
type attempt struct {
	r           *http.Request
	bucket, key string
	keys        Keys
	now         time.Time
	query       url.Values
	dialect     Dialect
}

// scheme returns the scheme that the request is signed in. A header outranks the query.
func (a *attempt) scheme() func() (Verdict, *Denied) {
	authorization := a.r.Header.Get("Authorization")
	switch {
	case strings.HasPrefix(authorization, "OSS "):
		return a.ossV1Header
	case strings.HasPrefix(authorization, ossV4.algorithm):
		return a.ossV4Header
	case strings.HasPrefix(authorization, sigV4.algorithm):
		return a.sigV4Header
	case authorization != "":
		return func() (Verdict, *Denied) { return a.deny(unknownScheme[a.dialect]) }
	case a.query.Has(ossV4.params.version):
		return a.ossV4Query
	case a.query.Has(sigV4.params.version):
		return a.sigV4Query
	case a.query.Has("OSSAccessKeyId"), a.query.Has("Signature"):
		return a.ossV1Query
	}
	return func() (Verdict, *Denied) { return a.deny(anonymous[a.dialect]) }
}

// skewed reports whether the client's clock, which showed t, is too far off.
func (a *attempt) skewed(t time.Time) bool { return a.now.Sub(t).Abs() > maxSkew }

// granted is the verdict on a request whose body the signature does not cover.
func (a *attempt) granted(accessKeyID, region string, presigned bool) Verdict {
	return Verdict{
		Dialect: a.dialect, AccessKeyID: accessKeyID, Region: region, Presigned: presigned,
		DecodedLength: -1, Body: func(r io.Reader) io.Reader { return r },
		Trailer: func() http.Header { return nil },
	}
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
