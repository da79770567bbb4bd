package dir

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"
)

const opRemove = "remove object"

// Remove deletes an object, and the folders of its key that are empty then: a store of objects has no others. It
// succeeds if there is no object; a folder under the key is none. A symbolic link is removed, and what it points to
// stays.
func (s *Store) Remove(ctx context.Context, key string) error {
	name, err := nameOf(opRemove, key)
	if err != nil {
		return err
	}
	if err := s.remove(ctx, name); err != nil {
		return failed(opRemove, key, 0, err)
	}
	return nil
}

func (s *Store) remove(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	info, err := s.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || err == nil && info.IsDir() {
		return nil
	}
	if err == nil {
		err = s.root.Remove(name)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return s.prune(filepath.Dir(name))
}

// prune removes a folder and those above it as far as they are empty, and puts on the disk what the last of them
// holds no more. One that somebody else has removed or filled meanwhile is what was wanted, too.
func (s *Store) prune(folder string) error {
	for folder != "." {
		info, err := s.root.Lstat(folder)
		if err != nil || !info.IsDir() || s.root.Remove(folder) != nil {
			break
		}
		s.durable.forget()
		folder = filepath.Dir(folder)
	}
	if err := s.syncFolder(folder); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
