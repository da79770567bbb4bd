package oss

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// The bounds of what an error repeats, in bytes.
const (
	maxField   = 128
	maxMessage = 512
	maxSnippet = 160
)

// problem is what OSS says of an error. What else its XML holds, such as the string to sign, is not read.
type problem struct {
	XMLName    xml.Name `xml:"Error"`
	Code       string   `xml:"Code"`
	Message    string   `xml:"Message"`
	RequestID  string   `xml:"RequestId"`
	HostID     string   `xml:"HostId"`
	EC         string   `xml:"EC"`
	Endpoint   string   `xml:"Endpoint"`
	ServerTime string   `xml:"ServerTime"`
}

// errorBody returns the error in an answer as XML, with our secrets blotted out: the body, or for HEAD what the
// x-oss-err header holds.
func (c *call) errorBody(answer *wire.Response) []byte {
	body := answer.Body
	if encoded := answer.Header.Get("X-Oss-Err"); len(bytes.TrimSpace(body)) == 0 && encoded != "" {
		body, _ = base64.StdEncoding.DecodeString(encoded)
	}
	return c.blot(body)
}

// decodeProblem reads an error of OSS, tolerantly: in any namespace, with blanks round the values. It reports false if
// body holds none.
func decodeProblem(body []byte) (*problem, bool) {
	p := new(problem)
	if wire.DecodeXML(body, p) != nil {
		return nil, false
	}
	for _, f := range []struct {
		field *string
		limit int
	}{
		{&p.Code, maxField}, {&p.Message, maxMessage}, {&p.RequestID, maxField}, {&p.HostID, maxField},
		{&p.EC, maxField}, {&p.Endpoint, maxField}, {&p.ServerTime, maxField},
	} {
		*f.field = cut(strings.TrimSpace(*f.field), f.limit)
	}
	return p, p.Code != ""
}

// failure returns the error of an answer that is not a success.
func (s *Store) failure(ctx context.Context, c *call, answer *wire.Response) error {
	body := c.errorBody(answer)
	p, ok := decodeProblem(body)
	if !ok {
		p, ok = c.bare(answer, body)
	}
	if !ok {
		return c.foreign(answer, body)
	}
	return s.refusal(ctx, c, answer, p)
}

// bare returns the problem of an answer that has no XML, as those to HEAD may have none, but that OSS has numbered;
// or of a redirect, which says enough by itself.
func (c *call) bare(answer *wire.Response, body []byte) (*problem, bool) {
	p := &problem{Message: http.StatusText(answer.Status)}
	if redirects(answer.Status) {
		p.Endpoint = c.clean(target(answer.Header), maxField)
		return p, true
	}
	if answer.Header.Get(headerRequestID) == "" || len(body) > 0 {
		return nil, false
	}
	if answer.Status == http.StatusNotFound && c.method == http.MethodHead {
		p.Code = "NoSuchKey"
	}
	return p, true
}

// target returns the host that a redirect points to.
func target(h wire.Header) string {
	u, err := url.Parse(h.Get("Location"))
	if err != nil {
		return ""
	}
	return u.Host
}

// refusal returns the error of a problem that OSS states.
func (s *Store) refusal(ctx context.Context, c *call, answer *wire.Response, p *problem) *sender.Error {
	if p.Code == "RequestTimeTooSkewed" {
		s.clock.learn(p.ServerTime, answer.Header)
	}
	v := classify(c, answer.Status, p)
	if v.who {
		v = s.renewed(ctx, c.who, v)
	}
	return &sender.Error{
		Op: c.op, Key: c.named(), Part: c.part, Kind: v.kind, Status: answer.Status,
		Code: p.Code, Message: p.Message, HostID: p.HostID, Hint: v.hint,
		RequestID:  first(p.RequestID, c.clean(answer.Header.Get(headerRequestID), maxField)),
		EC:         first(p.EC, c.clean(answer.Header.Get("X-Oss-Ec"), maxField)),
		Throttle:   v.throttle,
		RetryAfter: retryAfter(answer.Header),
		Err:        v.err,
	}
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// foreign returns the error of an answer that is not of OSS: a proxy, a gateway or a firewall speaks. It may pass, and
// it leaves open what OSS did.
func (c *call) foreign(answer *wire.Response, body []byte) *sender.Error {
	e := c.broken(answer, fmt.Errorf("the answer is not of OSS, but of something between: %q", snippet(body)))
	e.RetryAfter = retryAfter(answer.Header)
	return e
}

func noAnswer(err error) error { return fmt.Errorf("%w: %w", sender.ErrNoAnswer, err) }

// maxDelay bounds what a store may ask to wait.
const maxDelay = 5 * time.Minute

// retryAfter returns what OSS asks to wait: x-oss-qos-delay-time, in milliseconds, or Retry-After.
func retryAfter(h wire.Header) time.Duration {
	ms, err := strconv.ParseInt(h.Get("X-Oss-Qos-Delay-Time"), 10, 64)
	if err != nil || ms <= 0 {
		return wire.RetryAfter(h)
	}
	return time.Duration(min(ms, int64(maxDelay/time.Millisecond))) * time.Millisecond
}

// blot takes our secrets out of what a store says, for answers that repeat what they were asked. It comes before
// anything is cut, so that no half of a secret is left.
func (c *call) blot(b []byte) []byte {
	for _, secret := range []string{
		c.authorization, signatureIn(c.authorization), c.who.AccessKeySecret, c.who.SecurityToken,
	} {
		if secret != "" {
			b = bytes.ReplaceAll(b, []byte(secret), []byte("***"))
		}
	}
	return b
}

// clean returns a foreign value without our secrets, and not longer than n bytes.
func (c *call) clean(s string, n int) string { return cut(string(c.blot([]byte(s))), n) }

// signatureIn returns the signature in an Authorization header: "OSS id:signature", or "...,Signature=signature".
func signatureIn(authorization string) string {
	if _, v1, ok := strings.Cut(authorization, ":"); ok {
		return v1
	}
	return authorization[strings.LastIndexByte(authorization, '=')+1:]
}

// snippet returns the beginning of a foreign page, on one line.
func snippet(body []byte) string {
	s := strings.ToValidUTF8(string(body[:min(len(body), 4*maxSnippet)]), "?")
	return cut(strings.Join(strings.Fields(s), " "), maxSnippet)
}

// cut returns at most n bytes of s, whole characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
