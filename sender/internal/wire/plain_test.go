package wire

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"testing"
)

// plainly reads what a store said with plain.
func plainly(said []byte, method string) (answer *Response, again, ok bool, err error) {
	below := &counter{Conn: told{said: bytes.NewReader(said)}}
	l := newLink(below, below, route{})
	l.allow = maxHeader
	return l.plain(method)
}

// understood is what net/http makes of an answer.
type understood struct {
	status int
	header http.Header
	body   []byte
	framed bool // otherwise than by a length, or the last answer of its connection
}

// netHTTP reads what a store said with net/http alone. It returns nil if that does not take it.
func netHTTP(said []byte, method string) *understood {
	answer, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(said)), &http.Request{Method: method})
	if err != nil {
		return nil
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil
	}
	return &understood{answer.StatusCode, answer.Header, body, answer.Close || len(answer.TransferEncoding) > 0}
}

// What plain takes, net/http takes too, and understands the same: no store can hide an answer between the two.
func FuzzPlainAnswersAreThoseOfNetHTTP(f *testing.F) {
	for _, said := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nETag: \"x\"\r\nConnection: keep-alive\r\n\r\nok",
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nmore", "HTTP/1.1 404\r\ncontent-length:\t3 \r\n\r\nabc",
		"HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 100 Go\r\nContent-Length: 0\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: \x7f\r\n\r\n",
		"HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut",
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 O\rK\r\nContent-Length: 0\r\n\r\n",
	} {
		f.Add([]byte(said), false)
		f.Add([]byte(said), true)
	}
	f.Fuzz(func(t *testing.T, said []byte, head bool) {
		method := map[bool]string{false: "PUT", true: "HEAD"}[head]
		ours, again, ok, err := plainly(said, method)
		theirs := netHTTP(said, method)
		switch {
		case !ok || err != nil && theirs == nil:
			return
		case (err != nil) != (theirs == nil):
			t.Fatalf("%q: we say %v, net/http %+v", said, err, theirs)
		case ours.Status != theirs.status || !bytes.Equal(ours.Body, theirs.body) || theirs.framed:
			t.Fatalf("%q: %d %q, net/http says %+v", said, ours.Status, ours.Body, theirs)
		}
		end := bytes.Index(said, []byte("\r\n\r\n")) + 4 + len(ours.Body)
		if buffered := len(said) <= 4<<10; buffered && again != (end == len(said)) {
			t.Fatalf("%q: to be used again: %v", said, again)
		}
		if got := canonical(ours.Header); !maps.EqualFunc(got, theirs.header, slices.Equal) {
			t.Fatalf("%q: %v, net/http says %v", said, got, theirs.header)
		}
	})
}

func canonical(h Header) http.Header {
	m := make(http.Header)
	for _, f := range h {
		name := textproto.CanonicalMIMEHeaderKey(f.Name)
		m[name] = append(m[name], f.Value)
	}
	return m
}

// Each of these is left to net/http: what it frames, or says of the connection, is no matter of a dozen lines.
func TestAnswersThatAreNotPlainAreLeftToNetHTTP(t *testing.T) {
	const end = "Content-Length: 0\r\n\r\n"
	for name, said := range map[string]string{
		"HTTP/1.0":         "HTTP/1.0 200 OK\r\n" + end,
		"interim":          "HTTP/1.1 103 Early\r\n" + end,
		"no content":       "HTTP/1.1 204 No Content\r\n" + end,
		"not modified":     "HTTP/1.1 304 Not Modified\r\n" + end,
		"four digits":      "HTTP/1.1 2000 OK\r\n" + end,
		"bare line feed":   "HTTP/1.1 200 OK\nX: y\r\n" + end,
		"folded":           "HTTP/1.1 200 OK\r\nX: y\r\n z\r\n" + end,
		"blank in a name":  "HTTP/1.1 200 OK\r\nX : y\r\n" + end,
		"no name":          "HTTP/1.1 200 OK\r\n: y\r\n" + end,
		"no colon":         "HTTP/1.1 200 OK\r\nX\r\n" + end,
		"control":          "HTTP/1.1 200 OK\r\nX: \x00\r\n" + end,
		"carriage return":  "HTTP/1.1 200 OK\r\nX: a\rb\r\n" + end,
		"no length":        "HTTP/1.1 200 OK\r\nX: y\r\n\r\n",
		"two lengths":      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + end,
		"signed length":    "HTTP/1.1 200 OK\r\nContent-Length: +0\r\n\r\n",
		"empty length":     "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
		"endless length":   "HTTP/1.1 200 OK\r\nContent-Length: " + strings.Repeat("0", 30) + "\r\n\r\n",
		"chunks":           "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n" + end,
		"trailer":          "HTTP/1.1 200 OK\r\nTrailer: X\r\n" + end,
		"last answer":      "HTTP/1.1 200 OK\r\nConnection: close\r\n" + end,
		"large":            "HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n",
		"head that is cut": "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n",
	} {
		if ours, _, ok, err := plainly([]byte(said), "PUT"); ok {
			t.Errorf("%s: %v, %v", name, ours, err)
		}
	}
}

func TestBodyThatIsCutIsNoAnswer(t *testing.T) {
	_, again, ok, err := plainly([]byte("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"), "PUT")
	if !ok || again && err == nil || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v, %v", ok, err)
	}
}

// An answer is one piece of memory, and its head another.
func TestPlainAnswersTakeLittleMemory(t *testing.T) {
	said := []byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nETag: \"900150983cd24fb0d6963f7d28e17f72\"\r\nDate: Fri, 20 Nov 2026 03:04:05 GMT\r\n\r\n")
	from := bytes.NewReader(said)
	below := &counter{Conn: told{said: from}}
	l := newLink(below, below, route{})
	if allocs := testing.AllocsPerRun(100, func() {
		from.Reset(said)
		if _, _, err := l.receive("PUT"); err != nil {
			t.Fatal(err)
		}
	}); allocs > 2 {
		t.Errorf("%v allocations", allocs)
	}
}
