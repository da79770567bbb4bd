package auth

import (
	"crypto/hmac"
	"hash"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// escape percent-encodes everything but RFC 3986's unreserved characters and, if keepSlash is set, "/".
func escape(s string, keepSlash bool) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := range len(s) {
		if c := s[i]; unreserved(c) || keepSlash && c == '/' {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', upperHex[c>>4], upperHex[c&15]})
		}
	}
	return b.String()
}

const upperHex = "0123456789ABCDEF"

func unreserved(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}

// canonicalQuery joins the parameters, but the first one named except, sorted by their encoded names. A parameter
// without a value is written "name" + empty.
func canonicalQuery(query url.Values, except, empty string) string {
	pairs := make([][2]string, 0, len(query))
	for name, values := range query {
		for i, v := range values {
			if name != except || i > 0 {
				pairs = append(pairs, [2]string{escape(name, false), escape(v, false)})
			}
		}
	}
	slices.SortFunc(pairs, comparePairs)
	return joinPairs(pairs, empty)
}

func comparePairs(a, b [2]string) int {
	if c := strings.Compare(a[0], b[0]); c != 0 {
		return c
	}
	return strings.Compare(a[1], b[1])
}

func joinPairs(pairs [][2]string, empty string) string {
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p[0])
		if p[1] == "" {
			b.WriteString(empty)
		} else {
			b.WriteString("=" + p[1])
		}
	}
	return b.String()
}

// canonicalHeaders writes a line "name:value" for each of the names, which are in lower case and sorted. A header
// that the request lacks has no line.
func canonicalHeaders(r *http.Request, names []string, clean func(string) string) string {
	var b strings.Builder
	for _, name := range names {
		if v, ok := headerValue(r, name, clean); ok {
			b.WriteString(name + ":" + v + "\n")
		}
	}
	return b.String()
}

// headerValue returns the values of a header, joined. Some headers net/http takes out of the header of a request
// that a server gets.
func headerValue(r *http.Request, name string, clean func(string) string) (string, bool) {
	switch name {
	case "host":
		return clean(r.Host), true
	case "content-length":
		return strconv.FormatInt(r.ContentLength, 10), r.ContentLength >= 0
	case "transfer-encoding":
		return strings.Join(r.TransferEncoding, ","), len(r.TransferEncoding) > 0
	}
	values := r.Header.Values(name)
	cleaned := make([]string, len(values))
	for i, v := range values {
		cleaned[i] = clean(v)
	}
	return strings.Join(cleaned, ","), len(values) > 0
}

// headersWith returns the names, in lower case and sorted, of the request's headers that start with prefix.
func headersWith(h http.Header, prefix string) []string {
	var names []string
	for name := range h {
		if low := strings.ToLower(name); strings.HasPrefix(low, prefix) {
			names = append(names, low)
		}
	}
	slices.Sort(names)
	return names
}

func mac(newHash func() hash.Hash, key []byte, text string) []byte {
	h := hmac.New(newHash, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
