package dir

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// stagingTries is how often the staging folder may vanish between our making and using it. A process removes it once,
// at its end.
const stagingTries = 100

// inStaging does what needs the staging folder, which another process may remove, as empty, at any moment.
func (s *Store) inStaging(do func() error) (err error) {
	for range stagingTries {
		if err = s.makeStaging(); err != nil {
			break
		}
		s.swept.Do(s.sweep)
		if err = do(); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return s.stagingFailed(err)
}

func (s *Store) makeStaging() error {
	err := s.root.Mkdir(staging, folderMode)
	if errors.Is(err, fs.ErrExist) {
		err = s.checkStaging()
	}
	if errors.Is(err, fs.ErrNotExist) { // it vanished again
		err = nil
	}
	return err
}

// staged lists the staging folder; one that is not there is empty.
func (s *Store) staged() ([]fs.DirEntry, error) {
	err := s.checkStaging()
	var entries []fs.DirEntry
	if err == nil {
		entries, err = fs.ReadDir(s.root.FS(), staging)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return entries, s.stagingFailed(err)
}

var errNotFolder = errors.New("not a folder")

// checkStaging fails if something else has the folder's name. A symbolic link is something else even if it leads to
// a folder: what lies there is not ours to sweep, and Close would remove the link.
func (s *Store) checkStaging() error {
	info, err := s.root.Lstat(staging)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "use", Path: staging, Err: errNotFolder}
	}
	return err
}

// stagingError is an error of the staging folder itself. All rows pass through it, so what would give up a row
// elsewhere stops the run.
type stagingError struct {
	hint string
	err  error
}

func (e *stagingError) Error() string { return e.err.Error() }

func (e *stagingError) Unwrap() error { return e.err }

// stagingFailed returns err as one of the staging folder, with what to do about it.
func (s *Store) stagingFailed(err error) error {
	if err == nil {
		return nil
	}
	folder := filepath.Join(s.root.Name(), staging)
	there := s.checkStaging()
	switch {
	case errors.Is(there, errNotFolder):
		return &stagingError{"remove the file or link " + folder + ": the store keeps there what is on its way", err}
	case there != nil:
		return &stagingError{"make the directory " + s.root.Name() + " writable: the store makes its folder " + staging + " there", err}
	}
	return &stagingError{"make the folder " + folder + " readable and writable: the store keeps there what is on its way", err}
}
