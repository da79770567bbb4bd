package wire

import (
	"net"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Address is what a request names.
type Address struct {
	Bucket, Key string
	// Virtual tells that the bucket stands in the host, and not in the path.
	Virtual bool
}

// Split returns the address that a host and an escaped path name. domains are the hosts below which the first
// label is a bucket. The path is decoded once, after the bucket is split off: a key may have "%2F" for "/", and
// "//", "%" and "+" are a key's own. ok is false for a path that is not escaped as it must be, or not UTF-8.
func Split(host, escapedPath string, domains []string) (a Address, ok bool) {
	rest := strings.TrimPrefix(escapedPath, "/")
	if bucket := VirtualBucket(host, domains); bucket != "" {
		a.Bucket, a.Virtual = bucket, true
	} else {
		var escaped string
		escaped, rest, _ = strings.Cut(rest, "/")
		bucket, err := url.PathUnescape(escaped)
		if err != nil {
			return Address{}, false
		}
		a.Bucket = bucket
	}
	key, err := url.PathUnescape(rest)
	a.Key = key
	return a, err == nil && utf8.ValidString(key) && (a.Bucket != "" || key == "")
}

// VirtualBucket returns the bucket that stands in a host, or "". Besides the domains, that is so for
// bucket.oss-region.aliyuncs.com, which ali-oss sends as the host wherever it connects to.
func VirtualBucket(host string, domains []string) string {
	name := strings.ToLower(hostname(host))
	if net.ParseIP(name) != nil {
		return ""
	}
	if rest, ok := strings.CutSuffix(name, ".aliyuncs.com"); ok {
		return aliyunBucket(rest)
	}
	for _, domain := range domains {
		if bucket, ok := strings.CutSuffix(name, "."+strings.ToLower(domain)); ok {
			return bucket
		}
	}
	return ""
}

// aliyunBucket returns the bucket of "bucket.oss-region" and of "bucket.s3.oss-region".
func aliyunBucket(name string) string {
	cut := strings.LastIndexByte(name, '.')
	if cut < 0 {
		return ""
	}
	bucket := name[:cut]
	if bucket == "s3" {
		return ""
	}
	return strings.TrimSuffix(bucket, ".s3")
}

func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}
