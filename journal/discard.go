package journal

import (
	"errors"
	"fmt"
	"path/filepath"
)

// Discard deletes the file at path, whatever is in it, for someone who begins anew. It fails with [ErrLocked] if a
// run is using it as its journal.
func Discard(path string) error {
	path, err := resolve(path)
	if err != nil {
		return err
	}
	l, err := acquire(path + lockSuffix)
	if err != nil {
		return err
	}
	err = remove(disk{}, path)
	if err == nil {
		err = disk{}.SyncDir(filepath.Dir(path))
	}
	if err = errors.Join(err, l.release()); err != nil {
		return fmt.Errorf("discard journal %s: %w", path, err)
	}
	return nil
}
