package dir

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// The files of an upload.
const (
	metaFile = "meta"
	dataFile = "data"
	logFile  = "parts"
)

// meta is what an upload is for.
type meta struct {
	Version int       `json:"version"`
	Key     string    `json:"key"`
	Begun   time.Time `json:"begun"`
}

const metaVersion = 1

// upload is an open upload, as this process knows it.
type upload struct {
	id  string
	key string

	mu    sync.Mutex
	log   *partLog
	busy  []*claim
	ended bool // completed or aborted by this process
}

// claim is a range that one call writes; no other call writes there until it is released.
type claim struct {
	record
	released chan struct{}
}

// everything is the range that Complete and Abort claim: it touches all parts.
var everything = record{number: -1, offset: math.MinInt64 / 2, size: math.MaxInt64}

// path returns the path of an upload's file, or of its folder.
func (s *Store) path(id string, file ...string) string {
	return filepath.Join(append([]string{staging, id}, file...)...)
}

// validID reports whether id has the form of ours, so that it names nothing but a folder of the staging folder.
func validID(id string) bool {
	b, err := hex.DecodeString(id)
	return err == nil && len(b) == 16
}

// find returns nil if an upload is there, begun to the end and neither completed nor aborted, and ErrNoSuchUpload if it
// is not. What cannot be looked at is neither: that it is gone must be known, since its rest is removed then.
func (s *Store) find(id string) error {
	if !validID(id) {
		return sender.ErrNoSuchUpload
	}
	for _, file := range []string{metaFile, dataFile} {
		if _, err := s.root.Lstat(s.path(id, file)); err != nil {
			return gone(err)
		}
	}
	return nil
}

// open returns an upload that is open, or ErrNoSuchUpload. It looks at the disk each time: another process may have
// ended the upload.
func (s *Store) open(u sender.Upload) (*upload, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.find(u.ID); err != nil {
		if errors.Is(err, sender.ErrNoSuchUpload) {
			delete(s.uploads, u.ID)
		}
		return nil, err
	}
	up := s.uploads[u.ID]
	if up == nil {
		var err error
		if up, err = s.load(u.ID); err != nil {
			return nil, gone(err)
		}
		s.uploads[u.ID] = up
	}
	if up.key != u.Key {
		return nil, sender.ErrNoSuchUpload
	}
	return up, nil
}

// load reads an upload from the disk.
func (s *Store) load(id string) (*upload, error) {
	m, err := s.readMeta(id)
	if err != nil {
		return nil, err
	}
	log, err := openLog(s.root, s.path(id, logFile), id)
	if err != nil {
		return nil, err
	}
	return &upload{id: id, key: m.Key, log: log}, nil
}

func (s *Store) readMeta(id string) (meta, error) {
	b, err := s.root.ReadFile(s.path(id, metaFile))
	if err != nil {
		return meta{}, err
	}
	var m meta
	if err := json.Unmarshal(b, &m); err != nil {
		return meta{}, fmt.Errorf("read upload %s: %w", id, err)
	}
	if m.Version != metaVersion {
		return meta{}, fmt.Errorf("upload %s has format %d, this program knows %d", id, m.Version, metaVersion)
	}
	return m, nil
}

// gone turns a file that is missing into the end of its upload.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return sender.ErrNoSuchUpload
	}
	return err
}

// claim waits until no other call writes where r is.
func (u *upload) claim(ctx context.Context, r record) (*claim, error) {
	for {
		mine, other, err := u.tryClaim(r)
		if mine != nil || err != nil {
			return mine, err
		}
		select {
		case <-other.released:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// tryClaim returns the claim of r, or the one that is in its way.
func (u *upload) tryClaim(r record) (mine, other *claim, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ended {
		return nil, nil, sender.ErrNoSuchUpload
	}
	for _, c := range u.busy {
		if c.touches(r) {
			return nil, c, nil
		}
	}
	mine = &claim{record: r, released: make(chan struct{})}
	u.busy = append(u.busy, mine)
	return mine, nil, nil
}

func (u *upload) release(c *claim) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.busy = slices.DeleteFunc(u.busy, func(other *claim) bool { return other == c })
	close(c.released)
}

// drop makes the log forget the parts that r would write over, before it does.
func (u *upload) drop(r record) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.log.append(dropped, u.log.touching(r)...)
}

// hold makes the log hold a part whose bytes are on the disk.
func (u *upload) hold(r record) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.log.append(held, r)
}

// parts returns the parts that the log holds, by ascending number.
func (u *upload) parts() []record {
	u.mu.Lock()
	defer u.mu.Unlock()
	all := make([]record, 0, len(u.log.parts))
	for _, p := range u.log.parts {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b record) int { return a.number - b.number })
	return all
}

// end marks an upload as ended, and removes what is left of it. What cannot be removed is swept by a later run.
func (s *Store) end(u *upload) {
	u.mu.Lock()
	u.ended = true
	u.mu.Unlock()
	s.mu.Lock()
	delete(s.uploads, u.id)
	s.mu.Unlock()
	s.discard(u.id)
}

// discard removes an upload from the disk. Its meta goes first: without it, the upload is none.
func (s *Store) discard(id string) {
	_ = s.root.Remove(s.path(id, metaFile))
	_ = s.root.RemoveAll(s.path(id))
}

// create makes the files of a new upload, its meta last, and puts all of it on the disk.
func (s *Store) create(id string, m meta) error {
	err := s.inStaging(func() error { return s.root.Mkdir(s.path(id), folderMode) })
	if err != nil {
		return err
	}
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	err = errors.Join(
		s.createFile(s.path(id, dataFile), nil),
		s.createFile(s.path(id, logFile), nil),
		s.createFile(s.path(id, metaFile+".new"), b),
	)
	if err != nil {
		return err
	}
	if err := s.root.Rename(s.path(id, metaFile+".new"), s.path(id, metaFile)); err != nil {
		return err
	}
	if err := s.syncFolder(s.path(id)); err != nil {
		return err
	}
	return s.stagingFailed(s.syncFolders(staging, "."))
}

func (s *Store) createFile(name string, content []byte) (err error) {
	f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	defer closing(f, &err)
	if _, err := f.Write(content); err != nil {
		return err
	}
	return syncData(f)
}

func (s *Store) syncFolders(names ...string) error {
	for _, name := range names {
		if err := s.syncFolder(name); err != nil {
			return err
		}
	}
	return nil
}
