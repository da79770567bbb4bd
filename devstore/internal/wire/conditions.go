package wire

import (
	"net/http"
	"strings"
	"time"
)

// Conditions are those under which a client wants an object. Their zero value asks for nothing.
type Conditions struct {
	Match, NoneMatch               string // ETags as they stand in the header, "" for none
	ModifiedSince, UnmodifiedSince string // HTTP dates
}

// ReadConditions returns the conditions whose headers begin with prefix: "" for those of a request,
// "x-amz-copy-source-" and the like for those on a copy's source.
func ReadConditions(h http.Header, prefix string) Conditions {
	return Conditions{
		Match: h.Get(prefix + "If-Match"), NoneMatch: h.Get(prefix + "If-None-Match"),
		ModifiedSince: h.Get(prefix + "If-Modified-Since"), UnmodifiedSince: h.Get(prefix + "If-Unmodified-Since"),
	}
}

// Check returns 200 if the object with that ETag and time is wanted, 304 if it is what the client has, and 412 if
// it is not what the client expects. An ETag outranks a date (RFC 9110, 13.2.2).
func (c Conditions) Check(etag string, modified time.Time) int {
	modified = modified.Truncate(time.Second)
	switch {
	case c.Match != "":
		if !MatchesETag(c.Match, etag) {
			return http.StatusPreconditionFailed
		}
	case after(modified, c.UnmodifiedSince):
		return http.StatusPreconditionFailed
	}
	switch {
	case c.NoneMatch != "":
		if MatchesETag(c.NoneMatch, etag) {
			return http.StatusNotModified
		}
	case c.ModifiedSince != "" && notAfter(modified, c.ModifiedSince):
		return http.StatusNotModified
	}
	return http.StatusOK
}

// after reports whether t is later than a date that can be read.
func after(t time.Time, date string) bool {
	d, err := http.ParseTime(date)
	return err == nil && t.After(d)
}

func notAfter(t time.Time, date string) bool {
	d, err := http.ParseTime(date)
	return err == nil && !t.After(d)
}

// MatchesETag reports whether a header names the ETag: as one of a list, or by "*". Clients send it with quotes and
// without.
func MatchesETag(header, etag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == "*" || strings.EqualFold(strings.Trim(one, `"`), etag) {
			return true
		}
	}
	return false
}
