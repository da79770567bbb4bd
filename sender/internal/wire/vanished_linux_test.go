package wire

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/ingest-dev/ingest/sender"
	"golang.org/x/sys/unix"
)

// A mapped file that shrinks while it is sent fails its request, over TLS too, where the transport copies the bytes
// on a goroutine of its own. It never ends the process, and is not tried again.
func TestMappedBodyThatVanishesFailsItsRequest(t *testing.T) {
	for _, secure := range []bool{false, true} {
		t.Run(fmt.Sprintf("tls=%v", secure), func(t *testing.T) {
			u, c := start(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { drain(r.Body) }), secure)
			_, err := c.Do(t.Context(), put(u, vanishing(t)))
			failed(t, err, sender.GiveUp, false)
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
