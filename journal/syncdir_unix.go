//go:build !windows

package journal

import (
	"errors"
	"os"
	"syscall"
)

// syncDir makes the names in a directory durable. Some file systems of a network know no such thing and say so.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, d.Close())
}
