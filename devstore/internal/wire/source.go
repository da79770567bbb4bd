package wire

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// CopySource reads a copy's source: /bucket/escaped-key or bucket/escaped-key. ok is false if it is not that. A
// version may not be named. As S3 does, and as aliyun-oss-go-sdk v1 expects, "+" is read as a blank.
func CopySource(header string) (bucket, key string, ok bool) {
	path, query, _ := strings.Cut(header, "?")
	bucket, escaped, found := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !found { // the slash between them may be escaped too
		whole, err := url.QueryUnescape(bucket)
		if err != nil {
			return "", "", false
		}
		bucket, key, _ = strings.Cut(strings.TrimPrefix(whole, "/"), "/")
		return bucket, key, key != "" && query == "" && utf8.ValidString(key)
	}
	key, err := url.QueryUnescape(escaped)
	return bucket, key, err == nil && key != "" && query == "" && utf8.ValidString(key)
}
