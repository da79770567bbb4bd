package manifests

import (
	"bytes"
	"os"
)

// InMemory opens a manifest that lies in memory, with the root /r.
func InMemory(text []byte, format Format) (*Manifest, error) {
	m := &Manifest{name: "m", format: format, content: bytes.NewReader(text), size: int64(len(text)), tempDir: os.TempDir()}
	return m, m.settle(Options{Root: "/r"})
}
