package callback

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Event is what a callback tells of an object.
type Event struct {
	Bucket, Object string
	ETag           string // without quotes
	Size           int64
	MimeType       string
	CRC64          string
	MD5            string // base64, "" for an object of parts
	ClientIP       string
	RequestID      string
	Operation      string
}

func (e Event) variable(name string) string {
	switch name {
	case "bucket":
		return e.Bucket
	case "object":
		return e.Object
	case "etag":
		return e.ETag
	case "size":
		return strconv.FormatInt(e.Size, 10)
	case "mimeType":
		return e.MimeType
	case "crc64":
		return e.CRC64
	case "contentMd5":
		return e.MD5
	case "clientIp":
		return e.ClientIP
	case "reqId":
		return e.RequestID
	case "operation":
		return e.Operation
	}
	return "" // such as imageInfo.height, of what is no image here
}

var placeholder = regexp.MustCompile(`\$\{[^}]*\}`)

// fill returns the body with its variables replaced: by values that are escaped for a form, or that are JSON, with
// their quotes. A variable that there is not becomes empty.
func (cb *Callback) fill(e Event) string {
	return placeholder.ReplaceAllStringFunc(cb.body, func(match string) string {
		name := match[2 : len(match)-1]
		value := e.variable(name)
		if strings.HasPrefix(name, "x:") {
			value = cb.custom[name]
		}
		switch {
		case cb.bodyType == form:
			return url.QueryEscape(value)
		case name == "size":
			return value
		}
		return quoted(value)
	})
}

func quoted(s string) string {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	_ = out.Encode(s) // a string can always be encoded
	return strings.TrimSuffix(b.String(), "\n")
}
