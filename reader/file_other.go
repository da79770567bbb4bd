//go:build !linux && !darwin

package reader

import (
	"errors"
	"io/fs"
	"os"
)

type file struct{ *os.File }

// openFile opens a regular file and says which. It fails with errSpecial for what is not regular; what may wait for
// somebody when it is opened is refused before.
func openFile(path string) (file, Identity, error) {
	info, err := os.Stat(path)
	if err != nil {
		return file{}, Identity{}, bare(err)
	}
	if !info.Mode().IsRegular() {
		return file{}, Identity{}, errSpecial
	}
	opened, err := os.Open(path)
	if err != nil {
		return file{}, Identity{}, bare(err)
	}
	f := file{opened}
	id, err := f.identity()
	if err != nil {
		_ = f.close()
		return file{}, Identity{}, err
	}
	return f, id, nil
}

// identityOf says which file path leads to. There are systems that tell only of an open file.
func identityOf(path string) (Identity, error) {
	f, id, err := openFile(path)
	if err != nil {
		return id, err
	}
	return id, f.close()
}

func (f file) identity() (Identity, error) {
	info, err := f.Stat()
	if err != nil {
		return Identity{}, bare(err)
	}
	if !info.Mode().IsRegular() {
		return Identity{}, errSpecial
	}
	id := Identity{Size: info.Size(), Modified: info.ModTime().UnixNano()}
	id.Device, id.Inode, err = numbers(f.File)
	return id, err
}

func (f file) sequential() {}

func (f file) local() bool { return false }

func (f file) close() error { return f.Close() }

// bare takes the operation and the path off an error: the caller states both.
func bare(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
