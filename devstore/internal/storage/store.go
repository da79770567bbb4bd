package storage

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

const (
	lockFile   = ".devstore.lock"
	asideStart = ".devstore-tmp-" // a bucket that is being made or removed
)

// Options says where and how a Store keeps what it holds.
type Options struct {
	Dir    string           // made if it is not there
	NoSync bool             // leave it to the operating system when files reach the disk: fast, not crash-safe
	Now    func() time.Time // default time.Now
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Store holds buckets. All of its methods may be called concurrently.
type Store struct {
	dir  string
	disk disk
	now  func() time.Time
	lock *flock.Flock

	mu      sync.RWMutex
	buckets map[string]*Bucket
}

// Open opens the store in a directory, with all that it holds, and cleans up what a crash left there. It returns
// ErrLocked if the directory is open already, by this process or another.
func Open(o Options) (*Store, error) {
	o = o.withDefaults()
	if err := os.MkdirAll(o.Dir, dirMode); err != nil {
		return nil, fmt.Errorf("make directory: %w", err)
	}
	s := &Store{dir: o.Dir, disk: disk{noSync: o.NoSync}, now: o.Now, buckets: map[string]*Bucket{}}
	s.lock = flock.New(filepath.Join(o.Dir, lockFile), flock.SetPermissions(fileMode))
	held, err := s.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock directory: %w", err)
	}
	if !held {
		return nil, fmt.Errorf("lock %s: %w", o.Dir, ErrLocked)
	}
	if err := s.recover(); err != nil {
		return nil, errors.Join(err, s.lock.Close())
	}
	return s, nil
}

// Close lets another Store open the directory. Nothing is buffered. Nothing may be called after it.
func (s *Store) Close() error { return s.lock.Close() }

// CreateBucket makes a bucket, or returns ErrBucketExists or ErrBucketName. Created is set here.
func (s *Store) CreateBucket(name string, info BucketInfo) error {
	if !ValidBucketName(name) {
		return fmt.Errorf("%q: %w", name, ErrBucketName)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buckets[name] != nil {
		return ErrBucketExists
	}
	b := newBucket(name, filepath.Join(s.dir, name), s)
	info.Created = b.timestamp()
	b.info = info
	if err := s.write(b); err != nil {
		return fmt.Errorf("make bucket: %w", err)
	}
	s.buckets[name] = b
	return nil
}

// write makes a bucket's directory appear at once, with all that it must have.
func (s *Store) write(b *Bucket) error {
	temp := filepath.Join(s.dir, asideStart+newID())
	if err := os.Mkdir(temp, dirMode); err != nil {
		return err
	}
	err := s.fill(temp, b.info)
	if err == nil {
		_, err = s.disk.publish(temp, b.path)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(temp))
	}
	return nil
}

func (s *Store) fill(dir string, info BucketInfo) error {
	for _, name := range []string{objectsDir, dataDir, uploadsDir, tmpDir} {
		if err := os.Mkdir(filepath.Join(dir, name), dirMode); err != nil {
			return err
		}
	}
	if err := s.disk.writeRecord(filepath.Join(dir, bucketFile), info, nil); err != nil {
		return err
	}
	return s.disk.syncDir(dir)
}

// DeleteBucket removes a bucket without objects. If it has open uploads they go with it if discard says so;
// otherwise, as for objects, ErrBucketNotEmpty is returned.
func (s *Store) DeleteBucket(name string, discard bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[name]
	if b == nil {
		return ErrNoSuchBucket
	}
	b.life.Lock()
	defer b.life.Unlock()
	if objects, _, uploads := b.Usage(); objects > 0 || uploads > 0 && !discard {
		return ErrBucketNotEmpty
	}
	aside := filepath.Join(s.dir, asideStart+newID())
	moved, err := s.disk.publish(b.path, aside)
	if !moved {
		return fmt.Errorf("remove bucket: %w", err)
	}
	b.removed = true
	delete(s.buckets, name)
	_ = os.RemoveAll(aside) // what stays, the next Open removes
	return err
}

// Bucket returns a bucket, or ErrNoSuchBucket.
func (s *Store) Bucket(name string) (*Bucket, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if b := s.buckets[name]; b != nil {
		return b, nil
	}
	return nil, ErrNoSuchBucket
}

// Buckets returns all buckets by name.
func (s *Store) Buckets() []*Bucket {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.SortedFunc(maps.Values(s.buckets), func(a, b *Bucket) int { return strings.Compare(a.name, b.name) })
}
