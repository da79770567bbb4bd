//go:build !linux

package dir

import "os"

// syncData puts a file's bytes and its size on the disk.
func syncData(f *os.File) error { return trusted(f.Sync()) }
