package dir

import (
	"errors"
	"io/fs"
	"path/filepath"
	"sync"
)

// publish makes a staged file visible under a name, for good: when it returns nil, neither a crash nor a power cut
// takes the object away.
func (s *Store) publish(staged, name string) error {
	parent := filepath.Dir(name)
	if err := s.makeFolder(parent); err != nil {
		return err
	}
	err := s.root.Rename(staged, name)
	if errors.Is(err, fs.ErrNotExist) { // somebody removed the folder since we knew it
		s.durable.forget()
		if err = s.makeFolder(parent); err == nil {
			err = s.root.Rename(staged, name)
		}
	}
	if err != nil {
		return err
	}
	return s.syncFolder(parent)
}

// makeFolder makes a folder and those above it, and puts their names on the disk. A folder that is there already may
// be the work of somebody who has not synced it yet: it is synced once by each process.
func (s *Store) makeFolder(name string) error {
	if name == "." || s.durable.has(name) {
		return nil
	}
	parent := filepath.Dir(name)
	if err := s.makeFolder(parent); err != nil {
		return err
	}
	if err := s.root.Mkdir(name, folderMode); err != nil && !s.isFolder(name, err) {
		return err
	}
	if err := s.syncFolder(parent); err != nil {
		return err
	}
	s.durable.add(name)
	return nil
}

// isFolder reports whether Mkdir failed because the folder is there.
func (s *Store) isFolder(name string, err error) bool {
	if !errors.Is(err, fs.ErrExist) {
		return false
	}
	info, err := s.root.Stat(name)
	return err == nil && info.IsDir()
}

// maxFolders bounds the folders remembered; at some 100 bytes each this is little. When they are more, all are
// forgotten, which costs one sync each.
const maxFolders = 4096

// folders are the folders known to be on the disk.
type folders struct {
	mu    sync.Mutex
	known map[string]struct{}
}

func (f *folders) has(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.known[name]
	return ok
}

func (f *folders) add(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known == nil || len(f.known) >= maxFolders {
		f.known = map[string]struct{}{}
	}
	f.known[name] = struct{}{}
}

func (f *folders) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known = nil
}
