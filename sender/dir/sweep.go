package dir

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// putPrefix begins the names of files that a Put stages.
const putPrefix = "put-"

// abandoned is how long a staged thing has not changed when its owner must be dead: a live one writes all the time.
// If it is not, its call fails and is repeated.
const abandoned = time.Hour

// sweep removes what killed runs have left in the staging folder and nobody can find again: objects of one request,
// and uploads that were not begun to the end or not removed to the end. Open uploads stay; they are listed.
// What cannot be removed is left to the next sweep.
func (s *Store) sweep() {
	entries, err := fs.ReadDir(s.root.FS(), staging)
	if err != nil {
		return
	}
	for _, e := range entries {
		if s.isLitter(e) {
			_ = s.root.RemoveAll(filepath.Join(staging, e.Name()))
		}
	}
}

func (s *Store) isLitter(e fs.DirEntry) bool {
	info, err := e.Info()
	if err != nil || time.Since(info.ModTime()) < abandoned {
		return false
	}
	if !e.IsDir() {
		return strings.HasPrefix(e.Name(), putPrefix)
	}
	return validID(e.Name()) && errors.Is(s.find(e.Name()), sender.ErrNoSuchUpload)
}
