// Package judge makes a client do with a store what a client does, and compares what comes back. A client's package
// adapts it to [Client] and calls [Run]; what only that client can do it tests itself.
package judge

import (
	"context"
	"crypto/md5" // ETags are MD5
	"encoding/base64"
	"net/http"
	"testing"
)

// Access is where a store is and what opens it.
type Access struct {
	URL, Region, Bucket, ID, Secret string
	Token                           string       // of a temporary key, "" for one that lasts
	HTTP                            *http.Client // trusts the store's certificate
}

// Client is an official client, reduced to what all of them can do. Its errors are those of the client.
type Client interface {
	Put(ctx context.Context, key string, data []byte, p Properties) (etag string, err error)
	Get(ctx context.Context, key string, r *Range) ([]byte, error)
	Head(ctx context.Context, key string) (Info, error)
	Delete(ctx context.Context, key string) error
	DeleteMany(ctx context.Context, keys []string) error
	Copy(ctx context.Context, from, to string) error

	// List returns the keys and the common prefixes under prefix, asking for so many at a time, and the number
	// of pages that took. Version is 1 or 2.
	List(ctx context.Context, version int, prefix, delimiter string, page int) (Listing, error)

	Begin(ctx context.Context, key string, p Properties) (upload string, err error)
	SendPart(ctx context.Context, key, upload string, number int, data []byte) (etag string, err error)
	Parts(ctx context.Context, key, upload string, page int) ([]Part, error)
	Uploads(ctx context.Context, prefix string, page int) ([]Upload, error)
	Complete(ctx context.Context, key, upload string, parts []Part) (etag string, err error)
	Abort(ctx context.Context, key, upload string) error

	// Presign returns a URL that lets anyone do one thing for a minute, and the headers that have to be sent.
	Presign(ctx context.Context, method, key string) (url string, header http.Header, err error)

	// Code returns the store's code of an error, such as "NoSuchKey"; empty if the error is not the store's.
	Code(err error) string
}

// Properties go with an object.
type Properties struct {
	ContentType string
	Metadata    map[string]string // names in lower case
	MD5         string            // Content-MD5 to state; the client's own if empty
}

// Range is bytes First to Last of an object, both included.
type Range struct{ First, Last int64 }

// Info is what a store says of an object.
type Info struct {
	Size              int64
	ETag, ContentType string
	Metadata          map[string]string // names in lower case
}

// Listing is what a store lists.
type Listing struct {
	Keys, Prefixes []string
	Pages          int
}

// Part is a part of an upload. ETags are without quotes.
type Part struct {
	Number int
	Size   int64
	ETag   string
}

// Upload is an open upload.
type Upload struct{ Key, ID string }

// Trial says what to expect of a client with a store.
type Trial struct {
	// New returns the client with that access.
	New func(t *testing.T, a Access) Client

	// Access opens an empty bucket.
	Access Access

	MinPart     int64                           // smallest size of a part that is not the last
	UploadETag  func(partETags []string) string // of an object made from parts
	BadMD5      []string                        // codes that refuse a wrong Content-MD5; empty: the client cannot state one
	HeadMissing string                          // code of a HEAD that finds nothing
	WholeBeyond bool                            // a range that ends beyond the object is answered with all of it, as OSS does
}

// Bytes returns n bytes that differ everywhere, from a seed.
func Bytes(n int, seed uint64) []byte {
	b := make([]byte, n)
	x := seed*2654435761 + 88172645463325252
	for i := range b {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b[i] = byte(x)
	}
	return b
}

func md5Base64(b []byte) string {
	sum := md5.Sum(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}
