//go:build unix

package main

import (
	"os"

	"github.com/minio/crc64nvme"
	"github.com/zeebo/xxh3"
	"golang.org/x/sys/unix"
)

// take brings the bytes of a part into memory for as long as use takes.
type take func(p part, use func([]byte) error) error

// mapped maps the part, its pages at once where it is Linux.
func mapped(p part, use func([]byte) error) error {
	f, err := os.Open(p.path)
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := unix.Mmap(int(f.Fd()), p.off, p.size, unix.PROT_READ, unix.MAP_SHARED|populate)
	if err != nil {
		return err
	}
	defer unix.Munmap(b) //nolint:errcheck // fails for what is not mapped alone
	return use(b)
}

// reading reads parts into one buffer of size bytes.
func reading(size int64) take {
	buffer := make([]byte, size)
	return func(p part, use func([]byte) error) error {
		f, err := os.Open(p.path)
		if err != nil {
			return err
		}
		defer f.Close()
		if _, err := f.ReadAt(buffer[:p.size], p.off); err != nil {
			return err
		}
		return use(buffer[:p.size])
	}
}

// cheapest maps parts of at least least bytes and reads the others, which are cheaper to copy than to map.
func cheapest(least int64) take {
	read := reading(least)
	return func(p part, use func([]byte) error) error {
		if int64(p.size) < least {
			return read(p, use)
		}
		return mapped(p, use)
	}
}

// block is hashed twice while it is in the cache.
const block = 256 << 10

// sums takes both checksums. Nobody compares them: they are taken for what they cost.
func sums(b []byte) uint64 {
	var x, crc uint64
	for len(b) > 0 {
		n := min(len(b), block)
		x ^= xxh3.Hash(b[:n])
		crc = crc64nvme.Update(crc, b[:n])
		b = b[n:]
	}
	return x ^ crc
}
