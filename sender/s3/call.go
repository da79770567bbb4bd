package s3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// call is one request to be signed and sent, and what its errors name.
type call struct {
	op, key  string
	part     int
	method   string
	query    string      // escaped and sorted, see [address.url]
	header   wire.Header // an attempt adds to it and replaces what the last one added
	body     []byte
	payload  *sender.Payload // whose bytes are the body; nil if the body is our own
	patience time.Duration
	keyed    bool // S3 takes the customer's key with it
	hidden   bool // the ETag of what is stored will be no MD5

	// What is not to be printed; set by each attempt.
	secrets [4]string

	// The request, and room for its parts, so that a call is one piece of memory.
	request wire.Request
	url     url.URL
	room    [10]wire.Field
}

// bytes returns the request's body.
func (c *call) bytes() []byte {
	if c.payload != nil {
		return c.payload.Data
	}
	return c.body
}

// failed returns the error of a call that got no answer, or none that can be used.
func (c *call) failed(kind sender.Kind, err error) *sender.Error {
	return &sender.Error{Op: c.op, Key: c.key, Part: c.part, Kind: kind, Err: err}
}

// exchange sends a call and returns its answer if the store calls it a success. An endpoint that insists on signed
// payloads gets them, from this very request on.
func (s *Store) exchange(ctx context.Context, c *call) (*wire.Response, error) {
	signedBefore := s.signPayloads.Load()
	answer, err := s.attempt(ctx, c, signedBefore)
	if c.payload == nil || signedBefore || !wantsSignedPayload(err) {
		return answer, err
	}
	s.signPayloads.Store(true)
	return s.attempt(ctx, c, true)
}

func (s *Store) attempt(ctx context.Context, c *call, signPayload bool) (*wire.Response, error) {
	keys, err := s.keys.get(ctx)
	if err != nil {
		return nil, noCredentials(ctx, c, err)
	}
	r := s.request(c)
	at := s.clock.now()
	s.signer.sign(r, keys, c.payloadHash(signPayload), at)
	c.secrets = [...]string{keys.SecretAccessKey, keys.SessionToken, signatureIn(r.Header.Get("Authorization")), s.customer.secret()}
	answer, err := s.client.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	if !succeeded(answer) {
		return nil, s.refusal(ctx, c, answer, keys, at)
	}
	return answer, nil
}

// succeeded reports whether an answer is a success: not only by its status, which S3 sends before long work is done.
func succeeded(answer *wire.Response) bool {
	if answer.Status/100 != 2 {
		return false
	}
	if !bytes.Contains(answer.Body, []byte("<Error")) {
		return true
	}
	_, refused := parseRefusal(answer.Body)
	return !refused
}

func (s *Store) request(c *call) *wire.Request {
	if c.header == nil {
		c.header = c.room[:0]
	}
	set(&c.header, headerPayer, s.payer)
	if c.keyed {
		s.customer.state(&c.header)
	}
	c.url = s.address.url(c.key, c.query)
	c.request = wire.Request{
		Method: c.method, URL: &c.url, Header: c.header, Body: c.bytes(),
		Op: c.op, Key: c.key, Part: c.part, Patience: c.patience,
	}
	return &c.request
}

// payloadHash returns what x-amz-content-sha256 says of the body.
func (c *call) payloadHash(sign bool) string {
	switch {
	case c.payload != nil && !sign:
		return unsignedPayload
	case c.payload != nil:
		return sumOf(c.payload, hasher.SHA256).Hex()
	case len(c.body) == 0:
		return emptyPayload
	}
	sum := sha256.Sum256(c.body)
	return hex.EncodeToString(sum[:])
}

// sumOf returns a payload's checksum, taking it if the payload does not carry it.
func sumOf(p *sender.Payload, a hasher.Algorithm) hasher.Checksum {
	if c := p.Sums.Get(a); !c.IsZero() {
		return c
	}
	return hasher.Sum(p.Data, hasher.SetOf(a)).Get(a)
}

// refusal turns an answer that is not a success into an error, and learns from it what helps the next request: the
// store's clock and fresh credentials.
func (s *Store) refusal(ctx context.Context, c *call, answer *wire.Response, keys aws.Credentials, at time.Time) error {
	e := s.classified(c, answer)
	switch {
	case (answer.Status == http.StatusForbidden || e.Code == codeSkewed) && s.clock.learn(answer.Header, at):
		e.Kind, e.Hint = sender.TryAgain, "this machine's clock is wrong; the store's is used from now on"
	case e.Code == codeSkewed:
		e.Kind, e.Hint = sender.StopRun, "set this machine's clock"
	case expired[e.Code] && s.keys.renew(ctx, keys):
		e.Kind, e.Hint = sender.TryAgain, "the credentials were renewed"
	}
	return e
}

// expired are the codes that fresh credentials may cure.
var expired = map[string]bool{"ExpiredToken": true, "ExpiredTokenException": true, "InvalidToken": true, "TokenRefreshRequired": true}

// codeSkewed is answered when a request's time is too far from the store's.
const codeSkewed = "RequestTimeTooSkewed"

const redacted = "[redacted]"

// clean takes out of foreign text what must not be printed: the secret key, the session token, signatures and the
// customer's key, which a store or a proxy may repeat from our request.
func (c *call) clean(s string) string {
	for _, secret := range c.secrets {
		if secret != "" {
			s = strings.ReplaceAll(s, secret, redacted)
		}
	}
	return redactSignatures(s)
}

// signatureIn returns what stands behind the last "=" of an Authorization header.
func signatureIn(authorization string) string {
	return authorization[strings.LastIndexByte(authorization, '=')+1:]
}

func redactSignatures(s string) string {
	const mark = "Signature="
	for from := 0; ; {
		i := strings.Index(s[from:], mark)
		if i < 0 {
			return s
		}
		start := from + i + len(mark)
		end := start
		for end < len(s) && isAlphanumeric(rune(s[end])) {
			end++
		}
		s = s[:start] + redacted + s[end:]
		from = start + len(redacted)
	}
}

// blank reports whether a body says nothing.
func blank(body []byte) bool { return len(bytes.TrimSpace(body)) == 0 }
