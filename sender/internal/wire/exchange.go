package wire

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// Request is one request. Its fields belong to the caller; Do adds a User-Agent to what is sent, and nothing else.
type Request struct {
	Method string
	URL    *url.URL // RawPath decides how the path is escaped
	Header Header
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
	Header Header
	Body   []byte // at most MaxBody bytes

	room [12]Field // for the header of nearly every answer
}

var (
	errStalled = errors.New("the connection stalled")
	errTooSlow = errors.New("the request took too long for its size")
	errTooLong = errors.New("the answer is longer than 8 MiB")
	errEarly   = errors.New("the store reported success before it had the whole request")
	errSwitch  = errors.New("the store wants to speak another protocol than HTTP")
)

// Do sends a request and reads the answer to its end. Whatever the status, an answer is a [Response]; redirects are
// not followed. Only a success that came before the whole request was written is none. An error is a *[sender.Error]
// and wraps ctx's error if ctx ended, [sender.ErrNoAnswer] if the store may have received the request, and
// [sender.ErrUnreachable] if it cannot have, and may later. Once Do has returned, the request's body may be
// overwritten.
//
// A request is repeated only on a kept connection that turns out to be closed before any of it was written.
func (c *Client) Do(ctx context.Context, r *Request) (*Response, error) {
	x := &exchange{request: r}
	for {
		answer, err := c.try(ctx, x)
		if err == nil {
			return answer, nil
		}
		if !x.stale() || ctx.Err() != nil {
			return nil, x.failure(ctx, err)
		}
	}
}

// exchange is a request on its way, and what is known of how far it got.
type exchange struct {
	request *Request
	link    *link                 // that the latest attempt had
	verdict atomic.Pointer[error] // of the watchdog, if it ended the exchange
}

// sent reports whether bytes of the request may have left.
func (x *exchange) sent() bool { return x.link != nil && x.link.wrote.Load() }

// stale reports whether the attempt failed because a kept connection was closed meanwhile, without a byte written.
// Every such failure takes a connection out of the pool, so that a loop on it ends.
func (x *exchange) stale() bool {
	return x.link != nil && x.link.used && !x.sent() && x.verdict.Load() == nil
}

// try makes one attempt.
func (c *Client) try(ctx context.Context, x *exchange) (*Response, error) {
	x.link = nil
	l, err := c.link(ctx, x.request.URL)
	if err != nil {
		return nil, err
	}
	if l.out, err = c.appendHead(l.out[:0], x.request, l.route); err != nil {
		c.pool.put(l)
		return nil, err
	}
	x.link = l
	stop := context.AfterFunc(ctx, l.interrupt)
	w := c.watch(x)
	answer, again, err := l.exchange(x.request.Method, l.out, x.request.Body)
	w.stop()
	if err == nil && answer.Status == http.StatusProxyAuthRequired {
		answer, again, err = nil, false, &proxyRefusal{answer.Status} // what it says may repeat the password
	}
	if !stop() || !again || x.verdict.Load() != nil {
		l.drop()
	} else {
		c.pool.put(l)
	}
	return answer, err
}

// link returns one that is idle, or a new one.
func (c *Client) link(ctx context.Context, u *url.URL) (*link, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	to, err := c.router.to(u)
	if err != nil {
		return nil, err
	}
	for {
		l := c.pool.get(to.route)
		if l == nil {
			return c.dialer.link(ctx, to)
		}
		if l.quiet() && l.alive() {
			return l, nil
		}
		l.drop()
	}
}
