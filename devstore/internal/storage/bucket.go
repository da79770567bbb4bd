package storage

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// The names below a bucket's directory.
const (
	bucketFile = "bucket.json"
	objectsDir = "objects"
	dataDir    = "data"
	uploadsDir = "uploads"
	tmpDir     = "tmp"
)

// stripes is how many keys can be written at the same time. It bounds nothing but waiting.
const stripes = 256

// BucketInfo is what is known of a bucket.
type BucketInfo struct {
	Created      time.Time `json:"created"`
	StorageClass string    `json:"storage_class,omitempty"`
	ACL          string    `json:"acl,omitempty"`
	// Versioning is what was asked for. Whatever it is, an object has one version.
	Versioning Versioning `json:"versioning,omitempty"`
}

// Bucket holds objects and open uploads. All of its methods may be called concurrently. Operations on one key take
// effect one after the other.
//
// Locks are taken in this order: an upload's, a key's, life, mu or pins.
type Bucket struct {
	name string
	path string
	disk disk
	now  func() time.Time

	seed maphash.Seed
	keys [stripes]sync.RWMutex // a key's record and its entry change together under the key's lock

	life    sync.RWMutex // held for reading while something is published, for writing while the bucket is removed
	removed bool

	mu      sync.RWMutex // guards the following
	info    BucketInfo
	index   index
	uploads map[string]*Upload

	pins sync.Mutex // guards refs and doomed of every entry
}

func newBucket(name, path string, s *Store) *Bucket {
	return &Bucket{
		name: name, path: path, disk: s.disk, now: s.now,
		seed: maphash.MakeSeed(), uploads: map[string]*Upload{},
	}
}

// Name returns the bucket's name.
func (b *Bucket) Name() string { return b.name }

// Info returns what is known of the bucket.
func (b *Bucket) Info() BucketInfo {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.info
}

// SetInfo keeps what change makes of what is known of the bucket.
func (b *Bucket) SetInfo(change func(*BucketInfo)) error {
	if err := b.alive(); err != nil {
		return err
	}
	defer b.life.RUnlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	info := b.info
	change(&info)
	if _, err := b.publishRecord(filepath.Join(b.path, bucketFile), info, nil); err != nil {
		return fmt.Errorf("write bucket record: %w", err)
	}
	b.info = info
	return nil
}

// alive holds b.life for reading until the caller unlocks it, or fails if the bucket was removed.
func (b *Bucket) alive() error {
	b.life.RLock()
	if b.removed {
		b.life.RUnlock()
		return ErrNoSuchBucket
	}
	return nil
}

func (b *Bucket) lockOf(key string) *sync.RWMutex {
	return &b.keys[maphash.String(b.seed, key)%stripes]
}

func (b *Bucket) lookup(key string) *entry {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.index.get(key)
}

func (b *Bucket) recordPath(key string) string {
	return filepath.Join(b.path, objectsDir, recordName(key))
}

// publishRecord writes a record aside and puts it in its place. moved tells whether it is visible there.
func (b *Bucket) publishRecord(path string, record any, content []byte) (moved bool, err error) {
	temp := filepath.Join(b.path, tmpDir, newID())
	err = b.disk.writeRecord(temp, record, content)
	if err == nil {
		moved, err = b.disk.publish(temp, path)
	}
	if !moved {
		err = errors.Join(err, ignoreAbsent(os.Remove(temp)))
	}
	return moved, err
}

// removeTree removes a directory at once for whoever looks for it, by moving it aside first.
func (b *Bucket) removeTree(path string) error {
	aside := filepath.Join(b.path, tmpDir, newID())
	if err := os.Rename(path, aside); err != nil {
		return err
	}
	err := b.disk.syncDir(filepath.Dir(path))
	_ = os.RemoveAll(aside) // what stays, the next Open removes
	return err
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
