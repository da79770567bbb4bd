package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Peek returns what [Open] would return as the state, of the journal as it is now. It takes no lock and changes
// nothing, so that one can look while a run is under way. Where there is no journal, the state is New.
//
// It fails as Open does, but never with [ErrLocked].
func Peek(path string, job Job) (*State, error) {
	s := &storage{files: disk{}, path: path}
	file, err := s.files.Open(path, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) && !isLink(path) {
		return newEmptyState(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("look at the journal: %w", err)
	}
	defer file.Close()
	s.file = file
	if s.size, err = file.Seek(0, io.SeekEnd); err != nil {
		return nil, fmt.Errorf("look at the journal: %w", err)
	}
	if s.size == 0 {
		return newEmptyState(), nil
	}
	return s.peek(job)
}

func (s *storage) peek(job Job) (*State, error) {
	if err := s.identify(job); err != nil {
		return nil, fmt.Errorf("look at the journal %s: %w", s.path, err)
	}
	p := &replay{}
	if err := s.replay(p); err != nil {
		return nil, fmt.Errorf("look at the journal %s: %w", s.path, err)
	}
	p.state.Created = s.header.Created
	return p.state, nil
}

func newEmptyState() *State {
	s := NewState()
	s.New = true
	return s
}
