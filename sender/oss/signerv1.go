package oss

import (
	"crypto/hmac"
	"crypto/sha1" // what OSS has always wanted here
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// subresources are the parameters of our requests that V1 signs; the others are left out of its signature.
// https://www.alibabacloud.com/help/en/oss/developer-reference/include-signatures-in-the-authorization-header
var subresources = []string{"partNumber", "uploadId", "uploads", "versioning"}

// signerV1 signs with HMAC-SHA1, as all versions of OSS understand.
type signerV1 struct{}

func (signerV1) sign(r signable, c Credentials, now time.Time) {
	date := now.UTC().Format(http.TimeFormat)
	r.header.Set(headerDate, date)
	if c.SecurityToken != "" {
		r.header.Set(headerToken, c.SecurityToken)
	}
	h := hmac.New(sha1.New, []byte(c.AccessKeySecret))
	h.Write(stringToSignV1(r, date))
	signature := base64.StdEncoding.EncodeToString(h.Sum(nil))
	r.header.Set(headerAuthorization, "OSS "+c.AccessKeyID+":"+signature)
}

func stringToSignV1(r signable, date string) []byte {
	var fields []wire.Field
	var b []byte
	for _, line := range []string{r.method, r.header.Get("Content-Md5"), r.header.Get("Content-Type"), date} {
		b = append(append(b, line...), '\n')
	}
	b = appendHeaders(b, *r.header, &fields, signedV1)
	return append(b, resourceV1(r)...)
}

// resourceV1 returns the path and the subresources, all of them unescaped.
func resourceV1(r signable) string {
	path := unescape(r.path)
	var pairs []string
	for pair := range strings.SplitSeq(r.query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if !slices.Contains(subresources, name) {
			continue
		}
		if value != "" {
			name += "=" + unescape(value)
		}
		pairs = append(pairs, name)
	}
	if len(pairs) == 0 {
		return path
	}
	slices.Sort(pairs)
	return path + "?" + strings.Join(pairs, "&")
}

// unescape undoes what we escaped ourselves, so that it cannot fail.
func unescape(s string) string {
	u, err := url.PathUnescape(s)
	if err != nil {
		return s
	}
	return u
}
