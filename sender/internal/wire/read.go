package wire

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

// claim is how much memory an answer gets for the length that it states; more is for what comes.
const claim = 1 << 20

// inbound is what the parser reads from.
type inbound struct{ *link }

var errLongHeader = errors.New("the header of the answer is longer than 64 KiB")

// Read ends the answer whose header does not.
func (r inbound) Read(b []byte) (int, error) {
	if r.allow <= 0 {
		return 0, errLongHeader
	}
	n, err := r.Conn.Read(b[:min(int64(len(b)), r.allow)])
	r.allow -= int64(n)
	return n, err
}

// receive reads an answer to its end. Interim ones are passed over; together they may be as long as a header.
func (l *link) receive(method string) (*Response, bool, error) {
	l.allow = maxHeader
	if answer, again, ok, err := l.plain(method); ok {
		return answer, again && err == nil, err
	}
	l.asked.Method = method
	for {
		answer, err := http.ReadResponse(l.in, &l.asked) //nolint:bodyclose // finish reads to its end, and no link is used again before
		if err != nil {
			return nil, false, truncated(err)
		}
		if answer.StatusCode == http.StatusSwitchingProtocols {
			return nil, false, errSwitch
		}
		if answer.StatusCode >= 200 {
			return l.finish(answer)
		}
	}
}

func (l *link) finish(answer *http.Response) (*Response, bool, error) {
	l.allow = MaxBody + maxHeader // with what frames it
	body, err := readAnswer(answer)
	if err != nil {
		return nil, false, err
	}
	again := !answer.Close && l.in.Buffered() == 0 // more than was asked for is out of step
	return &Response{Status: answer.StatusCode, Header: listed(answer.Header), Body: body}, again, nil
}

func listed(from http.Header) Header {
	h := make(Header, 0, len(from))
	for name, values := range from {
		for _, value := range values {
			h = append(h, Field{name, value})
		}
	}
	return h
}

// truncated calls the end of a connection inside of a header what it is.
func truncated(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
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
