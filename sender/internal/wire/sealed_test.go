package wire

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
)

// written counts what is written at once, and may refuse more.
type written struct {
	net.Conn
	writes  atomic.Int64
	refuses atomic.Bool
}

var errRefused = errors.New("refused")

func (w *written) Write(p []byte) (int, error) {
	w.writes.Add(1)
	if w.refuses.Load() {
		return 0, errRefused
	}
	return w.Conn.Write(p)
}

// secured returns a connection whose handshake is done, and what its other side reads until it is closed.
func secured(t *testing.T) (s *sealed, below *written, read func() []byte) {
	t.Helper()
	certificates := httptest.NewTLSServer(nil)
	t.Cleanup(certificates.Close)
	ours, theirs := net.Pipe()
	var got bytes.Buffer
	var reader sync.WaitGroup
	reader.Go(func() { _, _ = io.Copy(&got, tls.Server(theirs, certificates.TLS.Clone())) }) // ends with its connection
	below = &written{Conn: ours}
	s = newSealed(below, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // whose it is does not matter
	if err := s.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	read = func() []byte {
		_ = s.Close()
		reader.Wait()
		return got.Bytes()
	}
	t.Cleanup(func() { read() })
	return s, below, read
}

func TestRecordsLeaveTogether(t *testing.T) {
	s, below, read := secured(t)
	body := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	if _, err := s.Write(body); err != nil { // the first records of a connection are small
		t.Fatal(err)
	}
	before := below.writes.Load()
	if n, err := s.Write(body); n != len(body) || err != nil {
		t.Fatal(n, err)
	}
	if n := below.writes.Load() - before; n > 16 {
		t.Errorf("a body of 64 records took %d system calls", n)
	}
	if got := read(); !bytes.Equal(got, append(body, body...)) {
		t.Errorf("of %d bytes %d arrived, or others", 2*len(body), len(got))
	}
}

// A request of which nothing has left may be repeated on another connection: so much has to be known exactly.
func TestWriteThatLeftNothingSaysSo(t *testing.T) {
	s, below, _ := secured(t)
	below.refuses.Store(true)
	if n, err := s.Write([]byte("PUT / HTTP/1.1\r\n")); n != 0 || !errors.Is(err, errRefused) {
		t.Errorf("%d, %v: want 0 and why", n, err)
	}
}

// TLS writes for those who read as well: what nobody holds back leaves at once.
func TestNothingIsKeptBackBetweenWrites(t *testing.T) {
	s, below, _ := secured(t)
	if _, err := s.Write([]byte("a request")); err != nil {
		t.Fatal(err)
	}
	before := below.writes.Load()
	if _, err := s.Conn.Write([]byte("of the reader's")); err != nil || below.writes.Load() == before {
		t.Errorf("%v: it waits for the next write", err)
	}
}
