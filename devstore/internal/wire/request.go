package wire

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Request is a request that was let in: it is addressed, and its signature is right.
type Request struct {
	*http.Request
	ID      string // of the request, as the dialect writes it
	Time    time.Time
	Bucket  string // "" if the request is for the service
	Key     string // "" if the request is for the bucket
	Query   url.Values
	Size    int64              // bytes of Content, -1 if they are not stated
	Content io.Reader          // the body, decoded; it is proven when Read returns io.EOF, not before
	Trailer func() http.Header // what followed the body; call it after io.EOF
	Copying bool               // it names an object as its source
	Damage  bool               // its content is to change behind its checksums: see storage.StageOptions
}

// DrainLimit is how much of a body that nobody wanted is read, so that its sender gets to read why. Beyond it the
// connection is cut.
const DrainLimit = 64 << 20

// Level is what a request is for.
type Level uint8

// The levels.
const (
	Service Level = iota
	Bucket
	Object
)

// Level returns what the request is for.
func (r *Request) Level() Level {
	switch {
	case r.Bucket == "":
		return Service
	case r.Key == "":
		return Bucket
	}
	return Object
}

// Number returns the query parameter of that name as a number from least to most. Where it is absent or empty it
// is def; ok is false where it is no such number.
func (r *Request) Number(name string, def, least, most int) (n int, ok bool) {
	text := r.Query.Get(name)
	if text == "" {
		return def, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= least && n <= most
}

// Flag reports whether a header says yes. ok is false where it says neither true nor false.
func (r *Request) Flag(header string) (on, ok bool) {
	text := r.Header.Get(header)
	if text == "" {
		return false, true
	}
	on, err := strconv.ParseBool(text)
	return on, err == nil
}
