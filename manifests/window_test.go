package manifests_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/ingest-dev/ingest/manifests"
)

// A few bytes may ask for all the memory there is: a zstd frame says how much its reader has to keep.
func TestAFewBytesTakeAllTheMemory(t *testing.T) {
	for name, window := range map[string]byte{"8 MiB": 13 << 3, "256 MiB": 18 << 3} {
		frame := []byte{0x28, 0xb5, 0x2f, 0xfd, 0, window, 2<<3 | 1, 0, 0, 'a', '\n'} // one raw block of two bytes, the last
		path := filepath.Join(t.TempDir(), "list.txt.zst")
		if err := os.WriteFile(path, frame, 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := manifests.Open(path, manifests.Options{})
		if err == nil {
			_, err = m.Check(t.Context(), manifests.Check{})
			_ = m.Close()
		}
		if _, refused := errors.AsType[*manifests.Mistakes](err); refused != (window == 18<<3) {
			t.Errorf("a window of %s: %v", name, err)
		}
	}
}
