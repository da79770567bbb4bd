package oss

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// call is what is asked of OSS.
type call struct {
	op       string // as errors name it
	key      string // empty: of the bucket
	prefix   string // what an error names instead of a key
	part     int
	method   string
	query    string // escaped
	header   wire.Header
	body     []byte
	patience time.Duration
	calls    bool // OSS is to call an application server back, whose answer is the body

	// Set when the call is signed.
	who           Credentials
	authorization string

	// The request, and room for its parts, so that a call is one piece of memory.
	request wire.Request
	url     url.URL
	room    [8]wire.Field
}

// do signs and sends a call. It returns an answer if that is a success; everything else is an error.
func (s *Store) do(ctx context.Context, c *call) (*wire.Response, error) {
	var err error
	if c.who, err = ask(ctx, s.credentials); err != nil {
		return nil, c.unsigned(ctx, err)
	}
	answer, err := s.client.Do(ctx, s.request(c))
	if err != nil {
		return nil, err
	}
	if answer.Status == http.StatusOK || answer.Status == http.StatusNoContent || c.calls && answer.Status == statusCallbackFailed {
		return answer, nil
	}
	return nil, s.failure(ctx, c, answer)
}

func (s *Store) request(c *call) *wire.Request {
	if c.header == nil {
		c.header = c.room[:0]
	}
	s.terms.state(&c.header, c.method == http.MethodPut)
	var signed string
	c.url, signed = s.address.url(c.key, c.query)
	s.signer.sign(signable{c.method, signed, c.query, &c.header}, c.who, s.clock.Now())
	c.authorization = c.header.Get(headerAuthorization)
	c.request = wire.Request{
		Method: c.method, URL: &c.url, Header: c.header, Body: c.body, Patience: c.patience,
		Op: c.op, Key: c.named(), Part: c.part,
	}
	return &c.request
}

// named returns the key that an error is about.
func (c *call) named() string {
	if c.key == "" {
		return c.prefix
	}
	return c.key
}

// broken returns the error of an answer that says success, and is none of OSS's. Who knows what was done.
func (c *call) broken(answer *wire.Response, err error) *sender.Error {
	return &sender.Error{
		Op: c.op, Key: c.named(), Part: c.part, Kind: sender.TryAgain, Status: answer.Status,
		RequestID: c.clean(answer.Header.Get(headerRequestID), maxField), Err: noAnswer(err),
	}
}

// query escapes name=value pairs. A name with an empty value stands alone.
func query(pairs ...string) string {
	var b []byte
	for i := 0; i < len(pairs); i += 2 {
		if i > 0 {
			b = append(b, '&')
		}
		b = wire.AppendEscaped(b, pairs[i], false)
		if pairs[i+1] != "" {
			b = wire.AppendEscaped(append(b, '='), pairs[i+1], false)
		}
	}
	return string(b)
}

// unquoted takes blanks and the quotes off an ETag.
func unquoted(etag string) string { return strings.Trim(strings.TrimSpace(etag), `"`) }
