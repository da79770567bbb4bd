package wire

import (
	"errors"
	"os"
	"sync"
	"time"
)

const (
	// inline is the longest body that is sent before the answer is read. What the sockets' buffers take cannot
	// block, even if the other side answers early and reads no more.
	inline = 64 << 10

	// grace is how long the side that is done waits for the other one: who has read the answer, for the last write to
	// return; who cannot write, for the answer that may say why.
	grace = 50 * time.Millisecond

	// lag is what the last write may take to return where that decides if a success is one: no machine is so busy
	// that a writer whose last bytes have left does not run for a second.
	lag = time.Second
)

// exchange sends a request whose head is given, and reads the answer. It reports whether the link can carry another.
func (l *link) exchange(method string, head, body []byte) (answer *Response, again bool, err error) {
	l.wrote.Store(false)
	l.last.Store(false)
	if len(body) > inline {
		return l.both(method, head, body)
	}
	if err := l.send(head, body); err != nil {
		return l.lastWords(method, err)
	}
	return l.receive(method)
}

// both reads while it writes, so that an answer that comes early is heard. The body is not read any more when it
// returns.
func (l *link) both(method string, head, body []byte) (*Response, bool, error) {
	var writer sync.WaitGroup
	written := make(chan error, 1)
	writer.Go(func() {
		err := l.send(head, body)
		if err != nil {
			_ = l.SetReadDeadline(time.Now().Add(grace))
		}
		written <- err
	})
	defer writer.Wait()
	answer, again, err := l.receive(method)
	if err != nil {
		_ = l.SetWriteDeadline(longAgo)
		return nil, false, rootCause(err, <-written)
	}
	if l.await(answer, written) != nil {
		return premature(answer)
	}
	return answer, again, nil
}

// await returns how the writing ended, or ends it. The answer is there: what the other side has not taken by now, it
// will not.
func (l *link) await(answer *Response, written <-chan error) error {
	select {
	case err := <-written:
		return err
	default:
	}
	wait := grace
	switch {
	case success(answer) && l.last.Load():
		wait = lag
	case success(answer):
		wait = 0 // it came before the end was sent, whatever is sent meanwhile
	}
	t := time.AfterFunc(wait, func() { _ = l.SetWriteDeadline(longAgo) })
	defer t.Stop()
	if err := <-written; err != nil || wait == 0 {
		return errEarly
	}
	return nil
}

// rootCause tells which of two failures came of the other.
func rootCause(reading, writing error) error {
	if writing != nil && errors.Is(reading, os.ErrDeadlineExceeded) {
		return writing
	}
	return reading
}

// lastWords is what the other side had to say before it took no more of the request.
func (l *link) lastWords(method string, failed error) (*Response, bool, error) {
	if vanished(failed) {
		return nil, false, failed
	}
	_ = l.SetReadDeadline(time.Now().Add(grace))
	answer, _, err := l.receive(method)
	if err != nil {
		return nil, false, failed
	}
	return premature(answer)
}

// premature judges an answer to a request that was not sent to its end: a refusal is one, a success proves nothing.
func premature(answer *Response) (*Response, bool, error) {
	if success(answer) {
		return nil, false, errEarly
	}
	return answer, false, nil
}

func success(answer *Response) bool { return answer.Status/100 == 2 }
