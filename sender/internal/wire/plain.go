package wire

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

// plain reads an answer of the form that stores give to nearly every request: HTTP/1.1, a length, and a head that came
// at once. Whatever is not exactly of this form is left as it came, for net/http to judge: ok is false then. What is
// taken here means the same there.
//
//	HTTP/1.1 SP 3 digits [SP reason] CRLF
//	*( token ":" [blanks] value [blanks] CRLF )    one Content-Length; nothing that changes framing or the connection
//	CRLF
func (l *link) plain(method string) (answer *Response, again, ok bool, err error) {
	if _, err := l.in.Peek(1); err != nil {
		return nil, false, true, truncated(err)
	}
	came, _ := l.in.Peek(l.in.Buffered())
	end := bytes.Index(came, []byte("\r\n\r\n"))
	if end < 0 {
		return nil, false, false, nil
	}
	answer = new(Response)
	length, ok := answer.parse(string(came[:end+2]))
	if !ok || length > claim && method != "HEAD" {
		return nil, false, false, nil
	}
	_, _ = l.in.Discard(end + 4)
	if method != "HEAD" && length > 0 {
		err = l.body(answer, int(length))
	}
	return answer, l.in.Buffered() == 0, true, err
}

// body reads what the head announced.
func (l *link) body(answer *Response, length int) error {
	l.allow = MaxBody
	answer.Body = make([]byte, length)
	_, err := io.ReadFull(l.in, answer.Body)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// parse takes apart a head up to its empty line. It fails on what is not plain.
func (r *Response) parse(head string) (length int64, ok bool) {
	const version = "HTTP/1.1 "
	line, fields, _ := strings.Cut(head, "\r\n")
	if len(line) < len(version)+3 || line[:len(version)] != version {
		return 0, false
	}
	if r.Status, ok = plainStatus(line[len(version):]); !ok {
		return 0, false
	}
	r.Header = r.room[:0]
	length = -1
	for fields != "" {
		if line, fields, ok = strings.Cut(fields, "\r\n"); !ok {
			return 0, false
		}
		f, ok := plainField(line)
		if !ok || !f.frames(&length) {
			return 0, false
		}
		r.Header = append(r.Header, f)
	}
	return length, length >= 0
}

// plainStatus reads a status whose answers have a body, and the reason behind it.
func plainStatus(s string) (status int, ok bool) {
	for _, c := range []byte(s[:3]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		status = 10*status + int(c-'0')
	}
	if len(s) > 3 && s[3] != ' ' || !oneLine(s) {
		return 0, false
	}
	return status, status >= 200 && status <= 599 && status != 204 && status != 304
}

// plainField reads a line of a header.
func plainField(line string) (f Field, ok bool) {
	colon := strings.IndexByte(line, ':')
	if colon <= 0 {
		return f, false
	}
	f.Name, f.Value = line[:colon], trimmed(line[colon+1:])
	for i := range len(f.Name) {
		if !tokens[f.Name[i]] {
			return f, false
		}
	}
	return f, oneLine(f.Value)
}

// trimmed takes off the blanks around a value.
func trimmed(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

// frames notes the length that a field states. It fails on a second one, and on fields that change what follows.
func (f *Field) frames(length *int64) bool {
	switch len(f.Name) {
	case len("Content-Length"):
		if equalFold(f.Name, "Content-Length") {
			return *length < 0 && plainLength(f.Value, length)
		}
	case len("Transfer-Encoding"):
		return !equalFold(f.Name, "Transfer-Encoding")
	case len("Connection"):
		return !equalFold(f.Name, "Connection") || equalFold(f.Value, "keep-alive")
	case len("Trailer"):
		return !equalFold(f.Name, "Trailer")
	case len("Pragma"):
		return !equalFold(f.Name, "Pragma")
	}
	return true
}

// plainLength reads digits, and nothing but digits.
func plainLength(s string, length *int64) bool {
	if s == "" || len(s) > 18 {
		return false
	}
	n := int64(0)
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		n = 10*n + int64(s[i]-'0')
	}
	*length = n
	return true
}

// tokens are the characters that a field's name may hold: RFC 9110, section 5.6.2.
var tokens = func() (t [256]bool) {
	for c := range 256 {
		t[c] = unreserved[c] || strings.IndexByte("!#$%&'*+^`|", byte(c)) >= 0
	}
	return t
}()
