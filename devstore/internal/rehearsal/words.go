package rehearsal

import (
	"bytes"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/ingest-dev/ingest/devstore/fault"
)

// The elements that lies are about, as both dialects write them.
var (
	etagElement = regexp.MustCompile(`(<ETag>)([^<]*)(</ETag>)`)
	sumElement  = regexp.MustCompile(`(<(?:HashCrc64ecma|Checksum(?:CRC32|CRC32C|CRC64NVME|SHA1|SHA256))>)([^<]*)(</[^>]*>)`)
	sizeElement = regexp.MustCompile(`(<Size>)([^<]*)(</Size>)`)
	partElement = regexp.MustCompile(`(?s)<Part>.*?</Part>`)
)

func (l *Liar) changeHeader(h http.Header) {
	switch l.lie {
	case fault.WrongETag:
		replaceHeader(h, "ETag", another)
	case fault.NoETag:
		h.Del("ETag")
	case fault.WrongChecksum, fault.NoChecksum:
		for name := range h {
			if l.lie == fault.NoChecksum && isChecksum(name) {
				h.Del(name)
			} else if isChecksum(name) {
				replaceHeader(h, name, another)
			}
		}
	case fault.WrongSize:
		if l.op == fault.HeadObject {
			replaceHeader(h, "Content-Length", larger)
		}
	}
}

func replaceHeader(h http.Header, name string, change func(string) string) {
	if value := h.Get(name); value != "" {
		h.Set(name, change(value))
	}
}

// isChecksum reports whether a header's value is a checksum.
func isChecksum(name string) bool {
	rest, amazon := strings.CutPrefix(strings.ToLower(name), "x-amz-checksum-")
	return amazon && rest != "type" && rest != "algorithm" || strings.EqualFold(name, "x-oss-hash-crc64ecma")
}

func changeXML(lie fault.Lie, body []byte) []byte {
	switch lie {
	case fault.WrongETag:
		return replaceText(etagElement, body, another)
	case fault.NoETag:
		return etagElement.ReplaceAll(body, nil)
	case fault.WrongChecksum:
		return replaceText(sumElement, body, another)
	case fault.NoChecksum:
		return sumElement.ReplaceAll(body, nil)
	case fault.WrongSize:
		return replaceText(sizeElement, body, larger)
	case fault.Garbled:
		return body[:len(body)/2]
	case fault.LostPart, fault.ForeignPart:
		return changePart(lie, body)
	}
	return body
}

// changePart changes the first part of a list, or takes away the last.
func changePart(lie fault.Lie, body []byte) []byte {
	parts := partElement.FindAllIndex(body, -1)
	if len(parts) == 0 {
		return body
	}
	at, with := parts[len(parts)-1], []byte(nil)
	if lie == fault.ForeignPart {
		at = parts[0]
		with = replaceText(etagElement, body[at[0]:at[1]], another)
		with = replaceText(sumElement, with, another)
	}
	return bytes.Join([][]byte{body[:at[0]], with, body[at[1]:]}, nil)
}

// replaceText changes the text of each element.
func replaceText(element *regexp.Regexp, body []byte, change func(string) string) []byte {
	return element.ReplaceAllFunc(body, func(found []byte) []byte {
		m := element.FindSubmatch(found)
		return append(append(bytes.Clone(m[1]), change(string(m[2]))...), m[3]...)
	})
}

// another returns another value of the same form: hexadecimal, decimal or base64, in quotes or without.
func another(value string) string {
	for _, quote := range []string{`"`, "&#34;"} {
		if rest, ok := strings.CutPrefix(value, quote); ok {
			return quote + another(rest)
		}
	}
	switch {
	case value == "":
		return value
	case strings.Trim(value, "0123456789") == "": // the last digit: the first could make it too large
		return value[:len(value)-1] + string(value[len(value)-1]^1)
	case value[0] == '0':
		return "1" + value[1:]
	}
	return "0" + value[1:]
}

// larger returns a size with one byte more.
func larger(size string) string {
	n, err := strconv.ParseInt(size, 10, 64)
	if err != nil {
		return size
	}
	return strconv.FormatInt(n+1, 10)
}
