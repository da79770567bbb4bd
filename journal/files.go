package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// files is what a journal asks of a file system. Every method may fail; after a failed write or sync of a file
// the journal does not use that file again. Only one goroutine at a time calls them.
type files interface {
	// Open opens a regular file, creating it with mode 0600 if the flag says so.
	Open(path string, flag int) (file, error)
	// Rename puts a file in the place of another, at once and whole.
	Rename(from, to string) error
	Remove(path string) error
	// SyncDir makes the names in a directory durable.
	SyncDir(dir string) error
}

// file is an open file. Write fails if it wrote less than it was given.
type file interface {
	io.ReaderAt // may be called while another goroutine writes
	io.Writer
	io.Seeker
	io.Closer
	Truncate(size int64) error
	Sync() error
}

// disk is the real file system.
type disk struct{}

func (disk) Open(path string, flag int) (file, error) {
	// A pipe in the journal's place would block, a directory confuse; neither was ever a journal.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is not a regular file", ErrFormat, path)
	}
	f, err := os.OpenFile(path, flag, 0o600)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (disk) Rename(from, to string) error { return os.Rename(from, to) }
func (disk) Remove(path string) error     { return os.Remove(path) }
func (disk) SyncDir(dir string) error     { return syncDir(dir) }

// prepare writes and syncs a file that is to take the place of path. If it fails it leaves nothing behind.
func prepare(fsys files, path string, fill func(io.Writer) error) error {
	temp := path + tempSuffix
	if err := writeWhole(fsys, temp, fill); err != nil {
		return errors.Join(err, remove(fsys, temp))
	}
	return nil
}

// place puts the prepared file in the place of path. Until then a file that was there is untouched and in use.
func place(fsys files, path string) error {
	temp := path + tempSuffix
	if err := fsys.Rename(temp, path); err != nil {
		return errors.Join(err, remove(fsys, temp))
	}
	return nil
}

// writeWhole writes and syncs a file from its beginning.
func writeWhole(fsys files, path string, fill func(io.Writer) error) error {
	f, err := fsys.Open(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	err = fill(f)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// remove removes a file that may not be there.
func remove(fsys files, path string) error {
	if err := fsys.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// resolve returns the path that the file has, or will have, behind all symbolic links: the lock and the rename
// must mean the same file whichever way it was named.
func resolve(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return real, err
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return "", fmt.Errorf("find the journal's directory: %w", err)
	}
	return filepath.Join(dir, filepath.Base(path)), nil
}
