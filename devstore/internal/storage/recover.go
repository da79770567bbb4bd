package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// recover loads every bucket of the directory. What is not a bucket there, and not ours, is left alone.
func (s *Store) recover() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("read directory: %w", err)
	}
	for _, e := range entries {
		path := filepath.Join(s.dir, e.Name())
		if strings.HasPrefix(e.Name(), asideStart) {
			err = os.RemoveAll(path)
		} else if e.IsDir() && ValidBucketName(e.Name()) {
			err = s.recoverBucket(e.Name(), path)
		}
		if err != nil {
			return fmt.Errorf("open bucket directory: %w", err)
		}
	}
	return nil
}

func (s *Store) recoverBucket(name, path string) error {
	b := newBucket(name, path, s)
	_, err := readRecord(filepath.Join(path, bucketFile), &b.info, nothing)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // another's directory
	}
	if err != nil {
		return err
	}
	r := recovery{b: b, named: map[string]bool{}, finished: map[string]bool{}}
	if err := r.run(); err != nil {
		return err
	}
	s.buckets[name] = b
	return nil
}

func nothing() int64 { return 0 }

// recovery brings a bucket into memory and removes what was never published, or is no longer.
type recovery struct {
	b        *Bucket
	named    map[string]bool // content that a record names
	finished map[string]bool // open uploads; true if an object's record names them
}

func (r *recovery) run() error {
	for _, step := range []func() error{r.cleanTemp, r.findUploads, r.loadObjects, r.loadUploads, r.sweep} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (r *recovery) cleanTemp() error {
	return eachEntry(filepath.Join(r.b.path, tmpDir), func(path string, _ fs.DirEntry) error {
		return os.RemoveAll(path)
	})
}

func (r *recovery) findUploads() error {
	return eachEntry(filepath.Join(r.b.path, uploadsDir), func(_ string, e fs.DirEntry) error {
		r.finished[e.Name()] = false
		return nil
	})
}

func (r *recovery) loadObjects() error {
	return eachInSubdirs(filepath.Join(r.b.path, objectsDir), func(path string, _ fs.DirEntry) error {
		var rec record
		if _, err := readRecord(path, &rec, nothing); err != nil {
			return err
		}
		if path != r.b.recordPath(rec.Key) {
			return fmt.Errorf("%w: %s: it is of another key", ErrDamaged, path)
		}
		r.b.index.set(entryOf(&rec.Object))
		for _, id := range rec.blobs() {
			r.named[id] = true
		}
		if _, open := r.finished[rec.Upload]; open {
			r.finished[rec.Upload] = true
		}
		return nil
	})
}

func (r *recovery) loadUploads() error {
	for id, finished := range r.finished {
		u := &Upload{ID: id, b: r.b, parts: map[int]Part{}}
		if finished {
			if err := r.b.removeTree(u.path()); err != nil {
				return err
			}
			continue
		}
		if err := r.loadUpload(u); err != nil {
			return err
		}
	}
	return nil
}

func (r *recovery) loadUpload(u *Upload) error {
	_, err := readRecord(filepath.Join(u.path(), uploadFile), &u.UploadInfo, nothing)
	if errors.Is(err, fs.ErrNotExist) {
		return r.b.removeTree(u.path()) // it was being removed
	}
	if err != nil {
		return err
	}
	r.b.uploads[u.ID] = u
	return eachEntry(u.path(), func(path string, e fs.DirEntry) error {
		number, err := strconv.Atoi(e.Name())
		if err != nil {
			return nil // the upload's own record
		}
		return r.loadPart(u, number, path)
	})
}

func (r *recovery) loadPart(u *Upload, number int, path string) error {
	var p Part
	if _, err := readRecord(path, &p, nothing); err != nil {
		return err
	}
	_, err := os.Stat(r.b.blobPath(p.Blob))
	if errors.Is(err, fs.ErrNotExist) {
		return os.Remove(path)
	}
	u.parts[number] = p
	r.named[p.Blob] = true
	return err
}

// sweep removes the content that no record names.
func (r *recovery) sweep() error {
	return eachInSubdirs(filepath.Join(r.b.path, dataDir), func(path string, e fs.DirEntry) error {
		if r.named[e.Name()] {
			return nil
		}
		return os.Remove(path)
	})
}

func eachEntry(dir string, do func(path string, e fs.DirEntry) error) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := do(filepath.Join(dir, e.Name()), e); err != nil {
			return err
		}
	}
	return nil
}

func eachInSubdirs(dir string, do func(path string, e fs.DirEntry) error) error {
	return eachEntry(dir, func(path string, e fs.DirEntry) error {
		if !e.IsDir() {
			return nil
		}
		return eachEntry(path, do)
	})
}
