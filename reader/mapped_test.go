//go:build linux || darwin

package reader

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/minio/crc64nvme"
	"github.com/zeebo/xxh3"
)

// The fault that ends other programs: pages of a mapped file that are taken away before they are hashed.
func TestTruncatedWhileHeld(t *testing.T) {
	consumers := map[string]func(b []byte){
		"xxh3":      func(b []byte) { xxh3.Hash(b) },
		"crc64nvme": func(b []byte) { crc64nvme.Checksum(b) },
		"copy":      func(b []byte) { copy(make([]byte, len(b)), b) },
		"string":    func(b []byte) { _ = strings.Count(string(b), "x") },
	}
	for what, consume := range consumers {
		t.Run(what, func(t *testing.T) {
			inBothModes(t, func(t *testing.T, r *Reader) {
				path := write(t, pattern(1<<20))
				s := open(t, r, path)
				c, err := s.Read(t.Context(), 1000, 1<<20-1000)
				must(t, err)
				defer c.Release()
				must(t, os.Truncate(path, 100))
				err = Guard(func() error { consume(c.Bytes()); return nil })
				if c.Mapped() != errors.Is(err, ErrChanged) {
					t.Errorf("mapped %v: %v", c.Mapped(), err)
				}
				if err := s.Unchanged(); !errors.Is(err, ErrChanged) {
					t.Error(err)
				}
			})
		})
	}
}

// The kernel reports what would be a signal in the program.
func TestTruncatedBytesCannotBeWritten(t *testing.T) {
	r := New(Options{Mode: Mmap})
	path := write(t, pattern(1<<20))
	c, err := open(t, r, path).Read(t.Context(), 0, 1<<20)
	must(t, err)
	defer c.Release()
	must(t, os.Truncate(path, 0))
	f, err := os.Create(path + ".copy")
	must(t, err)
	defer f.Close()
	if n, err := f.Write(c.Bytes()); err == nil {
		t.Errorf("%d bytes that are not there were written", n)
	}
}

func TestWindowsAreTakenDown(t *testing.T) {
	r := New(Options{Mode: Mmap, Buffers: 1})
	s := open(t, r, write(t, pattern(100_000)))
	for range 100_000 { // more than the mappings that Linux allows a process
		c, err := s.Read(t.Context(), 5000, 50_000)
		must(t, err)
		if !c.Mapped() {
			t.Fatal("not mapped")
		}
		c.Release()
	}
}
