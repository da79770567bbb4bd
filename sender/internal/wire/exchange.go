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
	errEarly   = errors.New("the store reported success before it had the whole request")
	errUnasked = errors.New("the connection carried an answer to no request")
	errSwitch  = errors.New("the store wants to speak another protocol than HTTP")
)

const (
	// grace is what a writer may take to notice that it has written everything, once the answer is there. It is
	// also what net/http waits before it gives up a connection.
	grace = 50 * time.Millisecond

	// lag is what it may take where that decides if a success is one: no machine is so busy that a writer whose
	// last bytes have left does not run for a second.
	lag = time.Second

	// claim is how much memory an answer gets for the length that it states; more is for what comes.
	claim = 1 << 20
)

// Do sends a request and reads the answer to its end. Whatever the status, an answer is a [Response]; redirects are
// not followed. Only a success that came before the whole request was written is none. An error is a *[sender.Error]
// and wraps ctx's error if ctx ended, [sender.ErrNoAnswer] if the store may have received the request, and
// [sender.ErrUnreachable] if it cannot have, and may later. Once Do has returned, the request's body may be
// overwritten.
//
// A request is repeated only on a kept connection that turns out to be closed before any of it was written.
func (c *Client) Do(ctx context.Context, r *Request) (*Response, error) {
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	x := &exchange{request: r, payload: payload{data: r.Body}, written: make(chan struct{}, 1)}
	w := c.watch(x, cancel)
	answer, err := x.run(inner, c)
	for err != nil && inner.Err() == nil && x.wasStale() {
		answer, err = x.run(inner, c)
	}
	w.stop()
	if err == nil {
		err = x.early(ctx, answer)
	}
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
	heard   int64                         // bytes that the connection had read before
	unasked atomic.Bool                   // an answer was there before
	header  atomic.Bool                   // the header was written, at least into a buffer
	written chan struct{}                 // holds one once the request was written whole
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
// connection, so that a loop on it ends. After an answer to no request the writer may still be at work: nobody can
// tell then.
func (x *exchange) wasStale() bool {
	return x.plain && x.reused && x.conn.Load() != nil && !x.sent() && !x.unasked.Load()
}

// early returns an error for a success that is none, as the request was not written whole. The answer may be here
// before the writer knows that its last bytes have left, but not before it has begun to write them.
func (x *exchange) early(ctx context.Context, answer *Response) error {
	if answer.Status/100 != 2 || len(x.request.Body) == 0 {
		return nil
	}
	if !x.payload.last.Load() {
		return errEarly
	}
	select {
	case <-x.written:
		return nil // as nearly always, and then whatever ctx says
	default:
	}
	t := time.NewTimer(lag)
	defer t.Stop()
	select {
	case <-x.written:
		return nil
	case <-t.C:
		return errEarly
	case <-ctx.Done():
		return ctx.Err()
	}
}

// begin forgets an attempt that failed: it ended with its connection, and may be followed by one that has none.
func (x *exchange) begin() {
	x.conn.Store(nil)
	x.header.Store(false)
	x.unasked.Store(false)
	x.payload.last.Store(false)
}

func (x *exchange) run(ctx context.Context, c *Client) (*Response, error) {
	x.begin()
	answer, err := c.transport.RoundTrip(x.httpRequest(ctx, c))
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if x.unasked.Load() {
		return nil, errUnasked
	}
	if answer.StatusCode == http.StatusSwitchingProtocols {
		return nil, errSwitch // its body is the bare connection, on which no ctx ends a read
	}
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
	if n := min(answer.ContentLength, claim); n > 0 {
		b.Grow(int(n) + bytes.MinRead) // what ReadFrom wants free, so that it does not grow again
	}
	_, err := b.ReadFrom(io.LimitReader(answer.Body, MaxBody+1))
	if err == nil && b.Len() > MaxBody {
		err = errTooLong
	}
	return b.Bytes(), err
}
