package storage

import (
	"os"
	"path/filepath"
)

func (b *Bucket) blobPath(id string) string {
	return filepath.Join(b.path, dataDir, id[:2], id)
}

// removeBlobs removes content that no record names. What cannot be removed now is removed by the next Open.
func (b *Bucket) removeBlobs(ids []string) {
	for _, id := range ids {
		_ = os.Remove(b.blobPath(id))
	}
}

// pin keeps the content of e until unpin, whatever happens to the object.
func (b *Bucket) pin(e *entry) {
	b.pins.Lock()
	defer b.pins.Unlock()
	e.refs++
}

func (b *Bucket) unpin(e *entry) {
	b.removeBlobs(b.lastOf(e))
}

// lastOf gives up one reference, and returns the content to remove if it was the last.
func (b *Bucket) lastOf(e *entry) []string {
	b.pins.Lock()
	defer b.pins.Unlock()
	if e.refs--; e.refs > 0 {
		return nil
	}
	return e.doomed
}

// retire removes the content of an object that is no longer, now or when its last reader is done.
func (b *Bucket) retire(e *entry, blobs []string) {
	if !b.doom(e, blobs) {
		b.removeBlobs(blobs)
	}
}

// doom reports whether e has readers, and leaves the content to them.
func (b *Bucket) doom(e *entry, blobs []string) bool {
	b.pins.Lock()
	defer b.pins.Unlock()
	if e.refs == 0 {
		return false
	}
	e.doomed = blobs
	return true
}
