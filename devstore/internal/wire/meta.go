package wire

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
)

// kept are the standard headers that are given back as they came.
var kept = []string{
	"Content-Type", "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires",
}

// DefaultContentType is that of an object whose client stated none.
const DefaultContentType = "application/octet-stream"

// The limits of user metadata and tags, the same in both dialects but for S3's 2 KiB, which it counts otherwise.
const (
	userMetaLimit = 8 << 10
	tagLimit      = 10
	tagKeyLimit   = 128
	tagValueLimit = 256
)

// The reasons why what goes along with an object is refused.
var (
	// ErrMetaTooLarge is returned when user metadata has more than 8 KiB.
	ErrMetaTooLarge = errors.New("user metadata is too large")
	// ErrTags is returned when tags are malformed, too many, too long, or not unique.
	ErrTags = errors.New("tags are not valid")
)

// ReadMeta returns what the headers say of an object. prefix is the dialect's, such as "x-oss-".
func ReadMeta(h http.Header, prefix string) (storage.Meta, error) {
	m := storage.Meta{Headers: map[string]string{}, User: map[string]string{}}
	for _, name := range kept {
		if v := h.Get(name); v != "" {
			m.Headers[name] = v
		}
	}
	stripChunked(m.Headers)
	size := 0
	for name, values := range h {
		if user, ok := strings.CutPrefix(strings.ToLower(name), prefix+"meta-"); ok && user != "" {
			m.User[user] = strings.Join(values, ",")
			size += len(user) + len(m.User[user])
		}
	}
	if size > userMetaLimit {
		return m, ErrMetaTooLarge
	}
	tags, err := ParseTags(h.Get(prefix + "tagging"))
	m.Tags = tags
	return m, err
}

// stripChunked takes aws-chunked from the encodings: it was the transfer's, and is gone.
func stripChunked(headers map[string]string) {
	encodings := strings.Split(headers["Content-Encoding"], ",")
	rest := slices.DeleteFunc(encodings, func(e string) bool { return strings.TrimSpace(e) == "aws-chunked" })
	if headers["Content-Encoding"] = strings.TrimSpace(strings.Join(rest, ",")); headers["Content-Encoding"] == "" {
		delete(headers, "Content-Encoding")
	}
}

// WriteMeta writes the headers that give meta back, but for those that the query replaces with response-….
func WriteMeta(h http.Header, m storage.Meta, prefix string, query url.Values) {
	for name, value := range m.Headers {
		h.Set(name, value)
	}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", DefaultContentType)
	}
	for name, value := range m.User {
		h.Set(prefix+"meta-"+name, value)
	}
	if n := len(m.Tags); n > 0 {
		h.Set(prefix+"tagging-count", strconv.Itoa(n))
	}
	for _, name := range kept {
		if v := query.Get("response-" + strings.ToLower(name)); v != "" {
			h.Set(name, v)
		}
	}
}

// ResponseParams are the query parameters by which a client has headers of a GET replaced.
func ResponseParams() []string {
	names := make([]string, len(kept))
	for i, name := range kept {
		names[i] = "response-" + strings.ToLower(name)
	}
	return names
}

// ParseTags reads tags as a header has them: a=1&b=2.
func ParseTags(text string) ([]storage.Tag, error) {
	if text == "" {
		return nil, nil
	}
	var tags []storage.Tag
	for pair := range strings.SplitSeq(text, "&") {
		k, v, _ := strings.Cut(pair, "=")
		key, err1 := url.QueryUnescape(k)
		value, err2 := url.QueryUnescape(v)
		if err1 != nil || err2 != nil {
			return nil, ErrTags
		}
		tags = append(tags, storage.Tag{Key: key, Value: value})
	}
	return tags, CheckTags(tags)
}

// CheckTags returns ErrTags if an object cannot have these tags.
func CheckTags(tags []storage.Tag) error {
	if len(tags) > tagLimit {
		return ErrTags
	}
	for i, t := range tags {
		if t.Key == "" || len([]rune(t.Key)) > tagKeyLimit || len([]rune(t.Value)) > tagValueLimit {
			return ErrTags
		}
		if slices.ContainsFunc(tags[:i], func(o storage.Tag) bool { return o.Key == t.Key }) {
			return ErrTags
		}
	}
	return nil
}
