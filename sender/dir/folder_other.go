//go:build !windows

package dir

import (
	"errors"
	"syscall"
)

// syncFolder puts the names in a folder on the disk. Network file systems that cannot answer EINVAL.
func (s *Store) syncFolder(name string) error {
	f, err := s.root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := trusted(f.Sync()); !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}
