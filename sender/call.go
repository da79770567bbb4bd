package sender

import (
	"context"
	"errors"
	"time"
)

// The operations, as [Error].Op names them.
const (
	opPut      = "put object"
	opBegin    = "begin upload"
	opSendPart = "send part"
	opParts    = "list parts"
	opComplete = "complete upload"
	opAbort    = "abort upload"
	opHead     = "head object"
	opUploads  = "list uploads"
)

// call is what an error of the decorators says of the request that it ended.
type call struct {
	op   string
	key  string
	part int
}

// stopped returns the error of a call that ended with its context while it waited. Another try may well succeed.
func (c call) stopped(cause error) error {
	return &Error{Op: c.op, Key: c.key, Part: c.part, Kind: TryAgain, Err: cause}
}

// copyOf returns err as an *Error of its own, so that it can be changed while others hold the first.
func (c call) copyOf(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		own := *e
		return &own
	}
	return &Error{Op: c.op, Key: c.key, Part: c.part, Err: err}
}

// retryAfter returns what the store asked to wait, at most MaxRetryAfter.
func retryAfter(err error) time.Duration {
	if e, ok := errors.AsType[*Error](err); ok {
		return min(max(e.RetryAfter, 0), MaxRetryAfter)
	}
	return 0
}

// throttled returns what the store wanted less of.
func throttled(err error) Throttle {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Throttle
	}
	return NotThrottled
}

// served reports whether the store did what it was asked, or would never do it: it had time for the request.
func served(err error) bool { return err == nil || KindOf(err) != TryAgain }

// sleep returns after d, or at once with an error when ctx ends or quit closes. Who need not wait does not ask.
func sleep(ctx context.Context, quit <-chan struct{}, d time.Duration) error {
	if ctx.Err() != nil || d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-quit:
		return ErrQuitting
	case <-t.C:
		return nil
	}
}
