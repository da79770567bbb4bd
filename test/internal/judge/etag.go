package judge

import (
	"crypto/md5" // ETags are MD5
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
)

// OSSUploadETag is the ETag that OSS gives an object made from parts: the MD5 of the parts' ETags as text.
func OSSUploadETag(parts []string) string {
	sum := md5.Sum([]byte(strings.ToUpper(strings.Join(parts, ""))))
	return fmt.Sprintf("%X-%d", sum, len(parts))
}

// S3UploadETag is the ETag that S3 gives an object made from parts: the MD5 of the parts' MD5s.
func S3UploadETag(parts []string) string {
	sums, err := hex.DecodeString(strings.Join(parts, ""))
	if err != nil {
		return err.Error()
	}
	sum := md5.Sum(sums)
	return fmt.Sprintf("%x-%d", sum, len(parts))
}

// Unquoted returns an ETag without its quotes.
func Unquoted(etag string) string { return strings.Trim(etag, `"`) }

// LowerKeys returns the metadata with names in lower case, as clients differ in the case that they give them.
func LowerKeys(metadata map[string]string) map[string]string {
	low := make(map[string]string, len(metadata))
	for k, v := range metadata {
		low[strings.ToLower(k)] = v
	}
	return low
}

// CopySource is the value of a header that names the source of a copy. Some stores read "+" in it as a blank.
func CopySource(bucket, key string) string {
	return strings.ReplaceAll((&url.URL{Path: "/" + bucket + "/" + key}).EscapedPath(), "+", "%2B")
}
