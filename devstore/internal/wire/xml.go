package wire

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// BodyLimit is the longest XML that is read: a completion of 10,000 parts with every checksum has 4 MiB, a
// deletion of 1,000 of the longest keys, escaped, 6 MiB.
const BodyLimit = 8 << 20

// ErrBodyTooLong is returned when an XML body is longer than BodyLimit.
var ErrBodyTooLong = errors.New("body is too long")

// ErrXML is returned when a body is not the XML that was asked for.
var ErrXML = errors.New("malformed XML")

// ReadBody reads a whole body of at most BodyLimit bytes.
func ReadBody(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, BodyLimit+1))
	if err == nil && len(body) > BodyLimit {
		err = ErrBodyTooLong
	}
	return body, err
}

// ParseXML reads body into v, whose XMLName says what its root is.
func ParseXML(body []byte, v any) error {
	if err := xml.Unmarshal(body, v); err != nil {
		return errors.Join(ErrXML, err)
	}
	return nil
}

// WriteXML answers with v.
func WriteXML(w http.ResponseWriter, status int, v any) error {
	body, err := MarshalXML(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client is gone; there is nobody to tell
	return nil
}

// MarshalXML returns v as a document.
func MarshalXML(v any) ([]byte, error) {
	body, err := xml.Marshal(v)
	return append([]byte(xml.Header), body...), err
}

// Text is an element with its value.
type Text struct {
	XMLName xml.Name
	Value   string `xml:",chardata"`
}

// Texts returns the details as elements.
func Texts(details []Detail) []Text {
	var texts []Text
	for _, d := range details {
		texts = append(texts, Text{XMLName: xml.Name{Local: d.Name}, Value: d.Value})
	}
	return texts
}

// Timestamp returns a time as XML shows it.
func Timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// Encoder writes names as the client asked for.
type Encoder struct {
	url   bool
	slash bool
}

// Encoding returns the encoder that encoding-type asks for. slash tells whether the dialect leaves "/" as it is.
func (r *Request) Encoding(slash bool) (e Encoder, ok bool) {
	t := r.Query.Get("encoding-type")
	return Encoder{url: t == "url", slash: slash}, t == "" || t == "url"
}

// Type returns what stands in the answer's EncodingType.
func (e Encoder) Type() string {
	if e.url {
		return "url"
	}
	return ""
}

// Name writes a name. A blank is "%20", never "+": some clients decode one way and some the other.
func (e Encoder) Name(name string) string {
	if !e.url {
		return name
	}
	name = strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	if e.slash {
		name = strings.ReplaceAll(name, "%2F", "/")
	}
	return name
}
