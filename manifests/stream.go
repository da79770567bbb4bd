package manifests

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWindow bounds the memory of a zstd stream, in bytes. It is what the zstd command takes without --long.
const maxWindow = 128 << 20

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// stream is the decompressed text of a manifest, from its first byte. It tells an error of the file from damage
// in what the file holds.
type stream struct {
	io.Reader
	file  *witness
	close func()
}

// witness remembers why reading the file failed.
type witness struct {
	r   io.Reader
	err error
}

func (w *witness) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// stream starts reading. The first bytes tell the compression; no text begins like that.
func (m *Manifest) stream() (*stream, error) {
	magic := make([]byte, len(zstdMagic))
	n, err := m.content.ReadAt(magic, 0)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read manifest %s: %w", m.name, err)
	}
	file := &witness{r: io.NewSectionReader(m.content, 0, m.size)}
	s := &stream{Reader: file, file: file, close: func() {}}
	switch err := s.decompress(magic[:n]); {
	case file.err != nil:
		return nil, fmt.Errorf("read manifest %s: %w", m.name, file.err)
	case err != nil:
		return nil, &Mistakes{List: []Mistake{{File: m.name, Message: damage(err)}}}
	}
	return s, nil
}

func (s *stream) decompress(magic []byte) error {
	switch {
	case bytes.HasPrefix(magic, gzipMagic):
		return s.gunzip()
	case bytes.HasPrefix(magic, zstdMagic):
		return s.unzstd()
	}
	return nil
}

func (s *stream) gunzip() error {
	z, err := gzip.NewReader(s.file)
	if err == nil {
		s.Reader = z
	}
	return err
}

func (s *stream) unzstd() error {
	// One goroutine, the caller's, is enough: decompressing is faster than parsing.
	z, err := zstd.NewReader(s.file, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxWindow))
	if err == nil {
		s.Reader, s.close = z, z.Close
	}
	return err
}

// damage says what a decompressor's error means for the author of the manifest.
func damage(err error) string {
	return fmt.Sprintf("the compressed data are damaged or cut short here: %v", err)
}
