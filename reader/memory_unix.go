//go:build linux || darwin

package reader

import (
	"os"

	"golang.org/x/sys/unix"
)

// canMap says that this system maps files.
const canMap = true

var pageSize = int64(os.Getpagesize())

// newMemory returns n bytes that no file is behind. Their pages come into being when they are touched.
func newMemory(n int) ([]byte, error) {
	return unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
}

func freeMemory(m []byte) { unmap(m) }

// mapFile maps n bytes of f; off is a multiple of the page size.
func mapFile(f file, off int64, n int) ([]byte, error) {
	return unix.Mmap(f.fd, off, n, unix.PROT_READ, unix.MAP_SHARED)
}

// unmap cannot fail for what mapFile and newMemory returned.
func unmap(m []byte) { _ = unix.Munmap(m) }
