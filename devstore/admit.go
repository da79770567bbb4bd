package devstore

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/ingest-dev/ingest/devstore/internal/auth"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

var invalidURI = &wire.Error{
	Status: http.StatusBadRequest, Code: "InvalidURI", Message: "Couldn't parse the specified URI.",
}

// answer lets a request in and has it served, or refuses it, in its dialect.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	speaks := s.speaks(r)
	request, err := s.admit(r, s.options.now())
	if err != nil {
		speaks.Fail(w, request, err)
		return
	}
	speaks.Serve(w, request)
}

// speaks returns the dialect that a request is in.
func (s *Server) speaks(r *http.Request) dialect { return s.dialects[auth.DialectOf(r)] }

// admit returns the request that r is at that time, or why it is not let in. In either case it can be answered.
func (s *Server) admit(r *http.Request, now time.Time) (*wire.Request, error) {
	request := s.request(r)
	addresses := s.addresses(r)
	if len(addresses) == 0 {
		return request, invalidURI
	}
	address, verdict, denied := s.verify(r, addresses, now)
	if denied != nil {
		return request, denied
	}
	fillIn(request, address, verdict)
	return request, nil
}

func (s *Server) request(r *http.Request) *wire.Request {
	return &wire.Request{Request: r, ID: newRequestID(), Time: s.options.now(), Query: r.URL.Query()}
}

// newRequestID returns 24 hex digits, as OSS has them.
func newRequestID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return fmt.Sprintf("%X", b)
}

// addresses returns what the request may be for. That is one thing, but for a path that begins with the bucket which
// the host names too: so ali-oss sends it to an endpoint that is an IP address. The signature then tells what is
// meant.
func (s *Server) addresses(r *http.Request) []wire.Address {
	path := r.URL.EscapedPath()
	a, ok := wire.Split(r.Host, path, s.options.Domains)
	if !ok {
		return nil
	}
	if p, ok := wire.Split("", path, nil); ok && a.Virtual && p.Bucket == a.Bucket {
		return []wire.Address{a, p}
	}
	return []wire.Address{a}
}

// verify returns the first address for which the signature is right, or why it is not for the first.
func (s *Server) verify(r *http.Request, addresses []wire.Address, now time.Time) (wire.Address, auth.Verdict, *auth.Denied) {
	var refusal *auth.Denied
	for _, a := range addresses {
		verdict, denied := auth.Verify(r, a.Bucket, a.Key, s.keys, now)
		if denied == nil {
			return a, verdict, s.check(r, verdict, now)
		}
		if refusal == nil {
			refusal = denied
		}
	}
	return wire.Address{}, auth.Verdict{}, refusal
}

// keys knows the access keys that the server was given.
func (s *Server) keys(id string) (secret string, ok bool) {
	if k, ok := s.temporary(id); ok {
		return k.AccessKeySecret, true
	}
	return s.options.AccessKeySecret, id == s.options.AccessKeyID
}

// check refuses a signature for another region, and a token that is not the one of the key, or has expired.
func (s *Server) check(r *http.Request, v auth.Verdict, now time.Time) *auth.Denied {
	if s.options.Region != "" && v.Region != "" && v.Region != s.options.Region {
		return s.wrongRegion(v, now)
	}
	if k, ok := s.temporary(v.AccessKeyID); ok {
		return k.check(r, v, now)
	}
	if want := s.options.SessionToken; want != "" && !sameToken(r, want) {
		return wrongToken(v, now)
	}
	return nil
}

func (s *Server) wrongRegion(v auth.Verdict, now time.Time) *auth.Denied {
	d := &auth.Denied{Dialect: v.Dialect, Status: http.StatusBadRequest, ServerTime: now}
	if v.Dialect == auth.S3 {
		d.Code = "AuthorizationHeaderMalformed"
		d.Message = fmt.Sprintf("The authorization header is malformed; the region '%s' is wrong; expecting '%s'", v.Region, s.options.Region)
		return d
	}
	d.Code, d.EC = "InvalidArgument", "0002-00000226"
	d.Message = "Invalid signing region in Authorization header."
	return d
}

func wrongToken(v auth.Verdict, now time.Time) *auth.Denied {
	d := &auth.Denied{Dialect: v.Dialect, Status: http.StatusForbidden, ServerTime: now}
	d.Code, d.Message = "InvalidAccessKeyId", "The security token you provided is invalid."
	if v.Dialect == auth.S3 {
		d.Status = http.StatusBadRequest
		d.Code, d.Message = "InvalidToken", "The provided token is malformed or otherwise invalid."
	}
	return d
}

// token returns the security token of a request, from wherever its scheme puts it.
func token(r *http.Request) string {
	for _, name := range []string{"x-oss-security-token", "x-amz-security-token"} {
		if v := r.Header.Get(name); v != "" {
			return v
		}
	}
	query := r.URL.Query()
	for _, name := range []string{"security-token", "x-oss-security-token", "X-Amz-Security-Token"} {
		if v := query.Get(name); v != "" {
			return v
		}
	}
	return ""
}

// fillIn adds what is known once the signature is right.
func fillIn(request *wire.Request, a wire.Address, v auth.Verdict) {
	request.Bucket, request.Key = a.Bucket, a.Key
	request.Size = bodySize(request.Request, v)
	request.Content, request.Trailer = v.Body(request.Body), v.Trailer
}

// bodySize returns the bytes that the body will have when it is decoded, -1 if the request does not say. That a body
// has none must be said too: net/http reports 0 for a request that is silent.
func bodySize(r *http.Request, v auth.Verdict) int64 {
	switch {
	case v.DecodedLength >= 0:
		return v.DecodedLength
	case r.ContentLength == 0 && r.Header.Get("Content-Length") == "" && len(r.TransferEncoding) == 0:
		return -1
	}
	return r.ContentLength
}

// drain reads what is left of the body, after the answer is on its way. A client that waits to be told to go on has
// sent none.
func drain(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Expect") != "" || r.ContentLength == 0 {
		return
	}
	if n, _ := r.Body.Read(make([]byte, 1)); n == 0 {
		return
	}
	_ = http.NewResponseController(w).Flush()
	_, _ = io.CopyN(io.Discard, r.Body, wire.DrainLimit)
}
