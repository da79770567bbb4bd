package journal

import "errors"

// scratch is a file in the system's temporary directory that is gone when it is closed, and that has no name even
// before where the system can remove what is open.
type scratch struct {
	file
	files files
	path  string // "" if the name is gone
}

func newScratch(fsys files, pattern string) (*scratch, error) {
	f, path, err := fsys.Temp(pattern)
	if err != nil {
		return nil, err
	}
	s := &scratch{file: f, files: fsys, path: path}
	if fsys.Remove(path) == nil { // it fails on Windows; where it failed for another reason, Close tries again
		s.path = ""
	}
	return s, nil
}

// Close closes and removes the file.
func (s *scratch) Close() error {
	err := s.file.Close()
	if s.path != "" {
		err = errors.Join(err, remove(s.files, s.path))
	}
	return err
}
