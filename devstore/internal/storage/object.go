package storage

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Guard decides whether an object may be written, from the one that is there, nil if there is none. It runs while
// no other operation on the key does; its error is returned as it is.
type Guard func(current *Entry) error

// Put publishes staged content as the object of that key, in place of an older one. sum may be the zero Checksum.
// Who reads the older one reads it to its end.
func (b *Bucket) Put(key string, s *Staged, meta Meta, sum Checksum, guard Guard) (Object, error) {
	stored := s.Stored()
	r := &record{Inline: int64(len(s.inline)), Object: Object{
		Key: key, Size: s.Size, ETag: PlainETag(stored.MD5), CRC64: stored.CRC64, Checksum: sum, Meta: meta,
	}}
	if s.blob != "" {
		r.Extents = []extent{{ID: s.blob, Size: s.Size}}
	}
	moved, err := b.put(r, s.inline, guard)
	if moved {
		s.kept()
	}
	return r.Object, err
}

// put publishes a record under the lock of its key. moved tells whether the record, and so the content that it
// names, is in the store: it may be when making that durable failed.
func (b *Bucket) put(r *record, content []byte, guard Guard) (moved bool, err error) {
	lock := b.lockOf(r.Key)
	lock.Lock()
	defer lock.Unlock()
	if err := b.alive(); err != nil {
		return false, err
	}
	defer b.life.RUnlock()
	old := b.lookup(r.Key)
	if err := guard.check(old); err != nil {
		return false, err
	}
	r.Modified, r.Version = b.timestamp(), b.Info().Versioning.newVersion()
	return b.replace(old, r, content)
}

// replace publishes a record in place of old, which may be nil, and removes the content that was only old's.
func (b *Bucket) replace(old *entry, r *record, content []byte) (moved bool, err error) {
	if err := b.free(old); err != nil {
		return false, err
	}
	doomed, err := b.contentOf(old)
	if err != nil {
		return false, err
	}
	path := b.recordPath(r.Key)
	if err := b.disk.makeDir(filepath.Dir(path)); err != nil {
		return false, fmt.Errorf("write object record: %w", err)
	}
	moved, err = b.publishRecord(path, r, content)
	if moved {
		b.setEntry(entryOf(&r.Object))
		b.retireAll(old, doomed)
	}
	if err != nil {
		return moved, fmt.Errorf("write object record: %w", err)
	}
	return moved, nil
}

func (b *Bucket) setEntry(e *entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.index.set(e)
}

func (b *Bucket) retireAll(old *entry, blobs []string) {
	if old != nil {
		b.retire(old, blobs)
	}
}

// contentOf returns the content files of an entry's object. The key's lock must be held.
func (b *Bucket) contentOf(e *entry) ([]string, error) {
	if e == nil {
		return nil, nil
	}
	r, _, err := b.load(e.Key, false)
	if err != nil {
		return nil, err
	}
	return r.blobs(), nil
}

// load reads the record of a key, with the content behind it if that is wanted. The key's lock must be held.
func (b *Bucket) load(key string, content bool) (*record, []byte, error) {
	r := new(record)
	inline, err := readRecord(b.recordPath(key), r, func() int64 {
		if content {
			return r.Inline
		}
		return 0
	})
	return r, inline, err
}

// Stat returns what is known of an object, or ErrNoSuchKey.
func (b *Bucket) Stat(key string) (Object, error) {
	lock := b.lockOf(key)
	lock.RLock()
	defer lock.RUnlock()
	if b.lookup(key) == nil {
		return Object{}, ErrNoSuchKey
	}
	r, _, err := b.load(key, false)
	return r.Object, err
}

// Update changes what a client gave along with an object, and neither its content nor its time.
func (b *Bucket) Update(key string, change func(*Meta)) error {
	lock := b.lockOf(key)
	lock.Lock()
	defer lock.Unlock()
	if err := b.alive(); err != nil {
		return err
	}
	defer b.life.RUnlock()
	if b.lookup(key) == nil {
		return ErrNoSuchKey
	}
	r, content, err := b.load(key, true)
	if err != nil {
		return err
	}
	change(&r.Meta)
	_, err = b.publishRecord(b.recordPath(key), r, content)
	return err
}

// Delete removes the object of a key, if there is one.
func (b *Bucket) Delete(key string) error {
	lock := b.lockOf(key)
	lock.Lock()
	defer lock.Unlock()
	if err := b.alive(); err != nil {
		return err
	}
	defer b.life.RUnlock()
	e := b.lookup(key)
	if e == nil {
		return nil
	}
	return b.remove(e)
}

func (b *Bucket) remove(e *entry) error {
	if err := b.free(e); err != nil {
		return err
	}
	doomed, err := b.contentOf(e)
	if err != nil {
		return err
	}
	path := b.recordPath(e.Key)
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove object record: %w", err)
	}
	b.dropEntry(e.Key)
	if err := b.disk.syncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("remove object record: %w", err)
	}
	b.retire(e, doomed)
	return nil
}

func (b *Bucket) dropEntry(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.index.remove(key)
}

// Check returns what guard says of the object of a key that is there now.
func (b *Bucket) Check(key string, guard Guard) error { return guard.check(b.lookup(key)) }

func (g Guard) check(e *entry) error {
	if g == nil {
		return nil
	}
	if e == nil {
		return g(nil)
	}
	return g(&e.Entry)
}

// timestamp is the time as objects carry it.
func (b *Bucket) timestamp() time.Time { return b.now().UTC().Truncate(time.Millisecond) }

// Usage returns how many objects and bytes the bucket holds, and how many uploads are open.
func (b *Bucket) Usage() (objects int, bytes int64, uploads int) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, block := range b.index.blocks {
		for _, e := range block {
			bytes += e.Size
		}
	}
	return b.index.size, bytes, len(b.uploads)
}
