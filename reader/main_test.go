package reader

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// inBothModes runs a test once for each way that bytes can take.
func inBothModes(t *testing.T, test func(t *testing.T, r *Reader)) {
	for _, m := range []Mode{Pread, Mmap} {
		t.Run(m.String(), func(t *testing.T) {
			r := New(Options{Mode: m, Buffers: 2})
			t.Cleanup(r.Close)
			test(t, r)
			if out := len(r.slots.taken); out != 0 {
				t.Errorf("%d chunks were never given back", out)
			}
		})
	}
}

// pattern returns n bytes that differ from place to place.
func pattern(n int) []byte {
	b := make([]byte, n)
	x := uint64(42)
	for i := range b {
		x = x*6364136223846793005 + 1442695040888963407
		b[i] = byte(x >> 56)
	}
	return b
}

func write(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "source")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, r *Reader, path string) *Source {
	t.Helper()
	s, err := r.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
