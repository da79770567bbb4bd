package wire

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

var (
	errHead   = errors.New("the request cannot be written")
	errTarget = fmt.Errorf("%w: its URL holds a blank or a control character", errHead)
)

// appendHead writes the head of a request: what HTTP wants, then the caller's header as it is. A field that would
// end its line is refused, so that no value can add another.
func (c *Client) appendHead(b []byte, r *Request, via route) ([]byte, error) {
	b = append(append(b, r.Method...), ' ')
	from := len(b)
	b = via.appendTarget(b, r.URL)
	if !visible(b[from:]) {
		return b, errTarget
	}
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(append(b, r.URL.Host...), "\r\n"...)
	if !r.Header.Has("User-Agent") {
		b = append(append(append(b, "User-Agent: "...), c.userAgent...), "\r\n"...)
	}
	if len(r.Body) > 0 || r.Method == http.MethodPut || r.Method == http.MethodPost {
		b = strconv.AppendInt(append(b, "Content-Length: "...), int64(len(r.Body)), 10)
		b = append(b, "\r\n"...)
	}
	if via.authorization != "" {
		b = append(append(append(b, "Proxy-Authorization: "...), via.authorization...), "\r\n"...)
	}
	for _, f := range r.Header {
		if !visible(f.Name) || !oneLine(f.Value) {
			return b, fmt.Errorf("%w: its header %q holds what none may hold", errHead, f.Name)
		}
		b = append(append(append(append(b, f.Name...), ": "...), f.Value...), "\r\n"...)
	}
	return append(b, "\r\n"...), nil
}

// appendTarget writes what stands behind the method: the path, or for a proxy the whole URL. RawPath decides how the
// path is escaped.
func (r route) appendTarget(b []byte, u *url.URL) []byte {
	if r.absolute {
		b = append(append(append(b, u.Scheme...), "://"...), u.Host...)
	}
	path := u.RawPath
	if path == "" {
		path = u.EscapedPath()
	}
	if path == "" {
		path = "/"
	}
	b = append(b, path...)
	if u.RawQuery != "" {
		b = append(append(b, '?'), u.RawQuery...)
	}
	return b
}

// visible reports whether b is ASCII that can be seen, and no colon ends it early as a name.
func visible[T ~string | ~[]byte](b T) bool {
	for i := range len(b) {
		if c := b[i]; c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return len(b) > 0
}

// oneLine reports whether a value stays on its line.
func oneLine(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
