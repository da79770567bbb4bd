package dir

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/ingest-dev/ingest/sender"
)

// publish makes a staged file visible under a name, for good: when it returns nil, neither a crash nor a power cut
// takes the object away.
func (s *Store) publish(staged, name string) error {
	return s.place(name, func() error { return s.root.Rename(staged, name) })
}

// publishNew is publish, but fails with ErrExists where there is an object. The staged file stays under its old name
// too, which is the caller's to remove. To link is the one thing that puts a whole file under a name, at once and never
// over another.
func (s *Store) publishNew(staged, name string) error {
	err := s.place(name, func() error { return s.root.Link(staged, name) })
	switch {
	case errors.Is(err, fs.ErrExist):
		return cmp.Or(s.vacant(name), err)
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.EPERM):
		return fmt.Errorf("%w: %w", errNoLinks, err)
	}
	return err
}

var errNoLinks = errors.New("this file system has no hard links, without which an object cannot be made on condition that there is none")

// vacant returns ErrExists if there is an object under a name. A folder is none.
func (s *Store) vacant(name string) error {
	stat, err := s.root.Stat(name)
	if err != nil || stat.IsDir() {
		return nil // what is wrong with the name shows when it is used
	}
	return sender.ErrExists
}

// place makes the folder of a name, has something put under the name, and makes that durable.
func (s *Store) place(name string, put func() error) error {
	parent := filepath.Dir(name)
	if err := s.makeFolder(parent); err != nil {
		return err
	}
	err := put()
	if errors.Is(err, fs.ErrNotExist) { // somebody removed the folder since we knew it
		s.durable.forget()
		if err = s.makeFolder(parent); err == nil {
			err = put()
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
