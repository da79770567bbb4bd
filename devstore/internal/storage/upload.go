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

	"github.com/ingest-dev/ingest/devstore/internal/checksum"
)

// MaxParts is the greatest number of a part.
const MaxParts = 10000

const uploadFile = "upload.json"

// UploadInfo is what is known of an upload from its beginning on.
type UploadInfo struct {
	Key     string    `json:"key"`
	Created time.Time `json:"created"`
	Meta    Meta      `json:"meta,omitzero"`
	// Algorithm and Kind are those of the checksum that the S3 dialect will show; "" if it will show none.
	Algorithm checksum.Algorithm `json:"algorithm,omitempty"`
	Kind      checksum.Kind      `json:"kind,omitempty"`
	// Chosen tells that the client named the algorithm, and must use it for every part.
	Chosen bool `json:"chosen,omitempty"`
	// Sequential tells that the parts come in the order of their numbers, from 1 on.
	Sequential bool `json:"sequential,omitempty"`
}

// Part is a part of an open upload.
type Part struct {
	Number int   `json:"number"`
	Size   int64 `json:"size"`
	Taken
	Modified time.Time `json:"modified"`
	Blob     string    `json:"blob"`
	// MD5State is that of the MD5 of all parts up to this one, in a sequential upload.
	MD5State []byte `json:"md5_state,omitempty"`
}

// Upload is an open multipart upload. Its methods may be called concurrently. After Complete or Abort they return
// ErrNoSuchUpload.
type Upload struct {
	ID string
	UploadInfo

	b     *Bucket
	mu    sync.Mutex
	parts map[int]Part // by number
	gone  bool         // completed or aborted
}

// CreateUpload opens an upload. Created is set here.
func (b *Bucket) CreateUpload(info UploadInfo) (*Upload, error) {
	if err := b.alive(); err != nil {
		return nil, err
	}
	defer b.life.RUnlock()
	info.Created = b.timestamp()
	u := &Upload{ID: strings.ToUpper(newID()), UploadInfo: info, b: b, parts: map[int]Part{}}
	if err := u.write(); err != nil {
		return nil, fmt.Errorf("open upload: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.uploads[u.ID] = u
	return u, nil
}

// write makes the upload's directory, with its record in it, appear at once.
func (u *Upload) write() error {
	temp := filepath.Join(u.b.path, tmpDir, u.ID)
	if err := os.Mkdir(temp, dirMode); err != nil {
		return err
	}
	err := u.b.disk.writeRecord(filepath.Join(temp, uploadFile), u.UploadInfo, nil)
	if err == nil {
		err = u.b.disk.syncDir(temp)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(temp))
	}
	_, err = u.b.disk.publish(temp, u.path())
	return err
}

func (u *Upload) path() string { return filepath.Join(u.b.path, uploadsDir, u.ID) }

func (u *Upload) partPath(number int) string {
	return filepath.Join(u.path(), fmt.Sprintf("%05d", number))
}

// Upload returns the open upload of that id for that key, or ErrNoSuchUpload.
func (b *Bucket) Upload(key, id string) (*Upload, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	u := b.uploads[id]
	if u == nil || u.Key != key {
		return nil, ErrNoSuchUpload
	}
	return u, nil
}

// hold locks the upload and its bucket's life until release is called, or fails if either is no longer.
func (u *Upload) hold() (release func(), err error) {
	u.mu.Lock()
	if u.gone {
		u.mu.Unlock()
		return nil, ErrNoSuchUpload
	}
	if err := u.b.alive(); err != nil {
		u.mu.Unlock()
		return nil, err
	}
	return func() { u.b.life.RUnlock(); u.mu.Unlock() }, nil
}

// PutPart publishes staged content as the part of that number, in place of an older one. In a sequential upload there
// may be none (ErrPartExists), and the number must be the next (ErrPartSequence).
func (u *Upload) PutPart(number int, s *Staged) (Part, error) {
	release, err := u.hold()
	if err != nil {
		return Part{}, err
	}
	defer release()
	if err := u.inSequence(number); err != nil {
		return Part{}, err
	}
	state, err := u.continueMD5(number, s)
	if err != nil {
		return Part{}, fmt.Errorf("read part: %w", err)
	}
	p := Part{
		Number: number, Size: s.Size, Taken: s.Taken, Modified: u.b.timestamp(), Blob: s.blob, MD5State: state,
	}
	moved, err := u.b.publishRecord(u.partPath(number), p, nil)
	if moved {
		s.kept()
		if old, ok := u.parts[number]; ok {
			u.b.removeBlobs([]string{old.Blob})
		}
		u.parts[number] = p
	}
	if err != nil {
		return Part{}, fmt.Errorf("write part record: %w", err)
	}
	return p, nil
}

// Page returns at most most of the parts that are there, by number, from the first whose number is above after on.
// truncated tells that there are more.
func (u *Upload) Page(after, most int) (parts []Part, truncated bool, err error) {
	release, err := u.hold()
	if err != nil {
		return nil, false, err
	}
	defer release()
	parts = slices.DeleteFunc(u.sorted(), func(p Part) bool { return p.Number <= after })
	if len(parts) > most {
		return parts[:most], true, nil
	}
	return parts, false, nil
}

func (u *Upload) sorted() []Part {
	return slices.SortedFunc(maps.Values(u.parts), func(a, b Part) int { return a.Number - b.Number })
}

// Abort removes the upload and its parts. Parts that are on their way fail with ErrNoSuchUpload.
func (u *Upload) Abort() error {
	release, err := u.hold()
	if err != nil {
		return err
	}
	defer release()
	if err := u.close(); err != nil {
		return fmt.Errorf("abort upload: %w", err)
	}
	for _, p := range u.parts {
		u.b.removeBlobs([]string{p.Blob})
	}
	return nil
}

// close makes the upload one that is no longer. Its content stays.
func (u *Upload) close() error {
	if err := u.b.removeTree(u.path()); err != nil {
		return err
	}
	u.forget()
	return nil
}

func (u *Upload) forget() {
	u.gone = true
	u.b.mu.Lock()
	defer u.b.mu.Unlock()
	delete(u.b.uploads, u.ID)
}
