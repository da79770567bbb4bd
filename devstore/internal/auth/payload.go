package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// The values of x-amz-content-sha256 that are not the hash itself.
const (
	unsignedPayload  = "UNSIGNED-PAYLOAD"
	unsignedTrailer  = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
	streamingSigned  = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	streamingTrailer = streamingSigned + "-TRAILER"
)

// payload sets in v how the body is to be read, after what the request says of it. The chain starts at the
// request's own signature.
func (a *attempt) payload(v *Verdict, said string, c chain) *Denied {
	switch said {
	case unsignedPayload:
		return nil
	case unsignedTrailer:
		return a.chunked(v, nil, true)
	case streamingSigned:
		return a.chunked(v, &c, false)
	case streamingTrailer:
		return a.chunked(v, &c, true)
	}
	want, err := hex.DecodeString(said)
	if err != nil || len(want) != sha256.Size {
		return a.denied(s3BadPayload)
	}
	v.Body = func(r io.Reader) io.Reader {
		return &hashed{src: r, sum: sha256.New(), want: want, attempt: a}
	}
	return nil
}

// chunked makes v decode an aws-chunked body. Without a chain its chunks are not signed.
func (a *attempt) chunked(v *Verdict, c *chain, trailer bool) *Denied {
	length, err := strconv.ParseInt(a.r.Header.Get("x-amz-decoded-content-length"), 10, 64)
	if err != nil || length < 0 {
		return a.denied(s3NoLength)
	}
	t := &trailers{attempt: a, header: http.Header{}, chain: c}
	if trailer {
		t.announced = announced(a.r.Header)
		if len(t.announced) == 0 {
			return a.denied(s3BadTrailer)
		}
	}
	v.DecodedLength = length
	v.Trailer = func() http.Header { return t.header }
	v.Body = func(r io.Reader) io.Reader { return newChunks(a, r, c, t, length) }
	return nil
}

// announced returns the names that x-amz-trailer lists, in lower case.
func announced(h http.Header) []string {
	return strings.FieldsFunc(strings.ToLower(h.Get("x-amz-trailer")), func(r rune) bool { return r == ',' || r == ' ' })
}

// hashed is a body whose SHA-256 the request states.
type hashed struct {
	src     io.Reader
	sum     hash.Hash
	want    []byte
	attempt *attempt
}

func (h *hashed) Read(p []byte) (int, error) {
	n, err := h.src.Read(p)
	h.sum.Write(p[:n])
	if errors.Is(err, io.EOF) && !hmac.Equal(h.sum.Sum(nil), h.want) {
		return n, h.attempt.denied(s3WrongPayload)
	}
	return n, err
}
