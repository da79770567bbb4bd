package auth

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
)

// trailers are the headers behind the last chunk of an aws-chunked body. Those that x-amz-trailer announces have
// to be there, and no others:
//
//	name:value LF or CRLF  …  [x-amz-trailer-signature:hex]  CRLF
type trailers struct {
	attempt   *attempt
	chain     *chain   // nil if they are not signed
	announced []string // in lower case
	header    http.Header
	signature string
}

const trailerSignature = "x-amz-trailer-signature"

// read reads all that is left of the body. The clients end their lines differently, and some put a blank line
// before the signature: blank lines mean nothing.
func (t *trailers) read(r *bufio.Reader) error {
	text, err := io.ReadAll(io.LimitReader(r, lineLimit+1))
	if err != nil {
		return err
	}
	if len(text) > lineLimit {
		return t.attempt.denied(s3BadTrailer)
	}
	canonical, ok := t.parse(text)
	if !ok || len(t.header) != len(t.announced) {
		return t.attempt.denied(s3BadTrailer)
	}
	if t.chain == nil || len(t.announced) == 0 {
		return nil
	}
	if d := t.chain.trailer(hexSum(canonical), t.signature); d != nil {
		return d
	}
	return nil
}

// parse fills the header and returns the trailers as they are signed.
func (t *trailers) parse(text []byte) (canonical string, ok bool) {
	for line := range bytes.Lines(text) {
		clean := strings.TrimSpace(string(line))
		if clean == "" {
			continue
		}
		name, value, ok := strings.Cut(clean, ":")
		if !ok || !t.take(strings.ToLower(name), value) {
			return "", false
		}
		if !strings.EqualFold(name, trailerSignature) {
			canonical += strings.ToLower(name) + ":" + value + "\n"
		}
	}
	return canonical, true
}

func (t *trailers) take(name, value string) bool {
	switch {
	case name == trailerSignature && t.chain != nil && t.signature == "":
		t.signature = value
	case slices.Contains(t.announced, name) && t.header.Get(name) == "":
		t.header.Set(name, value)
	default:
		return false
	}
	return true
}
