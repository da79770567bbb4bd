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
	// Open opens a regular file, creating it with mode 0600 if the flag says so. With O_EXCL it follows no link.
	Open(path string, flag int) (file, error)
	// Temp creates a file of mode 0600 in the system's temporary directory, for reading and writing. The last * of
	// the pattern is what makes its name new.
	Temp(pattern string) (f file, path string, err error)
	// Own takes an open file for this process alone, until it is closed. It reports false if another has it.
	Own(f file) (bool, error)
	// Names reports whether the path is the name of an open file, of itself and not through a link.
	Names(path string, f file) (bool, error)
	// Rename puts a file in the place of another, at once and whole.
	Rename(from, to string) error
	// Remove removes a regular file. What is none stays, a symbolic link included.
	Remove(path string) error
	// SyncDir makes the names in a directory durable.
	SyncDir(dir string) error
}

// file is an open file. Write fails if it wrote less than it was given.
type file interface {
	io.ReaderAt // may be called while another goroutine writes
	io.Writer
	io.WriterAt
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

func (disk) Temp(pattern string) (file, string, error) {
	f, err := os.CreateTemp("", pattern)
	if err != nil {
		return nil, "", err
	}
	return f, f.Name(), nil
}

func (disk) Own(f file) (bool, error) { return own(f.(*os.File)) }

func (disk) Names(path string, f file) (bool, error) {
	there, err := os.Lstat(path)
	if err != nil {
		return false, err
	}
	open, err := f.(*os.File).Stat()
	return err == nil && os.SameFile(open, there), err
}

func (disk) Rename(from, to string) error { return os.Rename(from, to) }
func (disk) SyncDir(dir string) error     { return syncDir(dir) }

func (disk) Remove(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return stranger{path + " is not a regular file; move it away or name another journal"}
	}
	return os.Remove(path)
}

// place puts the prepared file in the place of path. Until then a file that was there is untouched and in use.
func place(fsys files, path string) error {
	temp := path + tempSuffix
	if err := fsys.Rename(temp, path); err != nil {
		return errors.Join(err, remove(fsys, temp))
	}
	return nil
}

// writeWhole writes and syncs a new file, in the place of an older one. It never writes into a file that is there:
// that may be another's, behind a link. If it fails it leaves nothing behind.
func writeWhole(fsys files, path string, fill func(io.Writer) error) error {
	if err := remove(fsys, path); err != nil {
		return err
	}
	f, err := fsys.Open(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	err = fill(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, remove(fsys, path))
	}
	return nil
}

// remove removes a file that may not be there.
func remove(fsys files, path string) error {
	if err := fsys.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// erase deletes a journal for good. One that a symbolic link leads to is emptied instead, which is as good as none:
// the link would lead nowhere then, and who begins anew would find no journal to open.
func erase(fsys files, path string, linked bool) error {
	if linked {
		return empty(fsys, path)
	}
	if err := remove(fsys, path); err != nil {
		return err
	}
	return fsys.SyncDir(filepath.Dir(path))
}

func empty(fsys files, path string) error {
	f, err := fsys.Open(path, os.O_WRONLY|os.O_TRUNC)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// resolve returns the path that the file has, or will have, behind all symbolic links: the lock and the rename
// must mean the same file whichever way it was named. A link that leads nowhere is an error: the disk that it leads
// to may not be mounted.
func resolve(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	switch {
	case err == nil:
		return real, nil
	case isLink(path):
		return "", fmt.Errorf("follow the journal's symbolic link %s: %w", path, err)
	case !errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("find the journal %s: %w", path, err)
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return "", fmt.Errorf("find the journal's directory: %w", err)
	}
	return filepath.Join(dir, filepath.Base(path)), nil
}

func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}
