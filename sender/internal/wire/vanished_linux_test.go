package wire

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/ingest-dev/ingest/sender"
	"golang.org/x/sys/unix"
)

// A mapped file that shrinks while it is sent fails its request, over TLS too, where the transport copies the bytes
// on a goroutine of its own. It never ends the process, and is not tried again.
func TestMappedBodyThatVanishesFailsItsRequest(t *testing.T) {
	for name, start := range map[string]func(http.Handler) *httptest.Server{
		"plain": httptest.NewServer, "tls": httptest.NewTLSServer,
	} {
		t.Run(name, func(t *testing.T) {
			server := start(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
			}))
			defer server.Close()
			c, err := NewClient(Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			c.transport.TLSClientConfig.InsecureSkipVerify = true
			u, _ := url.Parse(server.URL)
			_, err = c.Do(t.Context(), &Request{Method: "PUT", URL: u, Body: vanishing(t), Op: "put object"})
			if err == nil || sender.KindOf(err) != sender.GiveUp {
				t.Errorf("got %v, want the row given up", err)
			}
		})
	}
}

// vanishing returns 4 MiB that are mapped from a file that holds but the first of them.
func vanishing(t *testing.T) []byte {
	f, err := os.Create(filepath.Join(t.TempDir(), "shrunk"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(4 << 20); err != nil {
		t.Fatal(err)
	}
	data, err := unix.Mmap(int(f.Fd()), 0, 4<<20, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Munmap(data) })
	if err := f.Truncate(1 << 20); err != nil {
		t.Fatal(err)
	}
	return data
}
