package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"
)

// Request is one request. Its fields belong to the caller; Do adds a User-Agent to Header, and nothing else.
type Request struct {
	Method string
	URL    *url.URL // RawPath decides how the path is escaped
	Header http.Header
	Body   []byte

	// Patience is how much longer than [Timeouts.Stall] the store may be silent: for calls that are known to take
	// long on the store's side.
	Patience time.Duration

	// What an error names: what was being done, with which key, and with which part of it.
	Op, Key string
	Part    int
}

// Response is an answer, read to its end. Its fields belong to the caller.
type Response struct {
	Status int
	Header http.Header
	Body   []byte // at most MaxBody bytes
}

var (
	errStalled = errors.New("the connection stalled")
	errTooSlow = errors.New("the request took too long for its size")
	errTooLong = errors.New("the answer is longer than 8 MiB")
)

// grace is what a writer may take to notice that it has written everything, once the answer is there. It is also
// what net/http waits before it gives up a connection.
const grace = 50 * time.Millisecond

// Do sends a request and reads the answer to its end. Whatever the status, an answer is a [Response]; redirects are
// not followed. An error is a *[sender.Error] and wraps ctx's error if ctx ended, [sender.ErrNoAnswer] if the store
// may have received the request, and [sender.ErrUnreachable] if it cannot have, and may later. Once Do has returned,
// the request's body may be overwritten.
//
// A request is repeated only on a kept connection that turns out to be closed before any of it was written.
func (c *Client) Do(ctx context.Context, r *Request) (*Response, error) {
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	x := &exchange{request: r, payload: payload{data: r.Body}}
	w := c.watch(x, cancel)
	answer, err := x.run(inner, c)
	for err != nil && inner.Err() == nil && x.wasStale() {
		answer, err = x.run(inner, c)
	}
	w.stop()
	if err != nil {
		x.payload.revoke(0)
		return nil, x.failure(ctx, inner, err)
	}
	x.payload.revoke(grace)
	return answer, nil
}

// exchange is a request on its way, and what is known of how far it got.
type exchange struct {
	request *Request
	payload payload
	conn    atomic.Pointer[conn]          // the connection that it travels on, if it is ours
	plain   bool                          // the connection is not under TLS
	reused  bool                          // the connection carried a request before
	header  atomic.Bool                   // the header was written, at least into a buffer
	tls     atomic.Pointer[handshakeFail] // why the last handshake failed
}

type handshakeFail struct{ err error }

// sent reports whether bytes of the request may have left.
func (x *exchange) sent() bool {
	if c := x.conn.Load(); c != nil && x.plain {
		return c.wrote.Load()
	}
	return x.header.Load()
}

// wasStale reports whether the attempt failed because a kept connection was closed meanwhile, without a byte written.
// net/http cannot know, as a header that we hold back counts as written there. Every such failure removes a kept
// connection, so that a loop on it ends.
func (x *exchange) wasStale() bool {
	return x.plain && x.reused && x.conn.Load() != nil && !x.sent()
}

func (x *exchange) run(ctx context.Context, c *Client) (*Response, error) {
	answer, err := c.transport.RoundTrip(x.httpRequest(ctx, c))
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := readAnswer(answer)
	if err != nil {
		return nil, err
	}
	return &Response{Status: answer.StatusCode, Header: answer.Header, Body: body}, nil
}

func (x *exchange) httpRequest(ctx context.Context, c *Client) *http.Request {
	r := x.request
	if r.Header == nil {
		r.Header = make(http.Header)
	}
	if r.Header["User-Agent"] == nil {
		r.Header["User-Agent"] = c.userAgent
	}
	h := &http.Request{
		Method: r.Method, URL: r.URL, Host: r.URL.Host, Header: r.Header, ContentLength: int64(len(r.Body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	if len(r.Body) == 0 {
		h.Body = http.NoBody
	} else {
		h.GetBody = func() (io.ReadCloser, error) { return &reader{payload: &x.payload}, nil }
		h.Body = &reader{payload: &x.payload}
	}
	return h.WithContext(httptrace.WithClientTrace(ctx, x.trace()))
}

func readAnswer(answer *http.Response) ([]byte, error) {
	if answer.Body == http.NoBody {
		return nil, nil // to HEAD, which states the length of what it leaves out
	}
	if answer.ContentLength > MaxBody {
		return nil, errTooLong
	}
	var b bytes.Buffer
	if n := answer.ContentLength; n > 0 {
		b.Grow(int(n) + bytes.MinRead) // what ReadFrom wants free, so that it does not grow again
	}
	_, err := b.ReadFrom(io.LimitReader(answer.Body, MaxBody+1))
	if err == nil && b.Len() > MaxBody {
		err = errTooLong
	}
	return b.Bytes(), err
}
