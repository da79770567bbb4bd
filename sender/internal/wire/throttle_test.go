package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/ingest-dev/ingest/sender"
)

func TestAnswersThatMayPassAreKnown(t *testing.T) {
	for _, c := range []struct {
		status   int
		code     string
		throttle sender.Throttle
	}{
		{503, "", sender.TooManyRequests}, {429, "", sender.TooManyRequests},
		{400, "SlowDown", sender.TooManyRequests}, {400, "ServiceUnavailable", sender.TooManyRequests},
		{400, "TooManyRequests", sender.TooManyRequests},
		{400, "BadDigest", 0}, {400, "IncompleteBody", 0}, {400, "RequestTimeout", 0}, {403, "RequestTimeTooSkewed", 0},
		{400, "InternalError", 0}, {408, "", 0}, {500, "", 0},
	} {
		if kind, throttle, err := ErrorKind(c.status, c.code); kind != sender.TryAgain || throttle != c.throttle || err != nil {
			t.Errorf("%d %s: got %d, %d, %v", c.status, c.code, kind, throttle, err)
		}
	}
}

// Another endpoint is another store: nothing of this one's may go there, and nobody else's requests do better.
func TestEveryRedirectStopsTheRun(t *testing.T) {
	for _, status := range []int{301, 302, 307, 308} {
		if kind, throttle, err := ErrorKind(status, ""); kind != sender.StopRun || throttle != 0 || err != nil {
			t.Errorf("%d: got %d, %d, %v", status, kind, throttle, err)
		}
	}
}

// told is a connection on which a store has said all that it will.
type told struct {
	net.Conn
	said io.Reader
}

func (c told) Read(b []byte) (int, error) { return c.said.Read(b) }

func TestHeaderOfAnAnswerHasABound(t *testing.T) {
	line := []byte("X: " + string(bytes.Repeat([]byte("y"), 1020)) + "\r\n")
	for lines, want := range map[int]error{32: nil, 128: errLongHeader} {
		text := append([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"), bytes.Repeat(line, lines)...)
		below := &counter{Conn: told{said: bytes.NewReader(append(text, "\r\n"...))}}
		if _, _, err := newLink(below, below, route{}).receive("PUT"); !errors.Is(err, want) {
			t.Errorf("%d KiB: got %v, want %v", lines, err, want)
		}
	}
}
