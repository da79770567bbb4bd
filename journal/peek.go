package journal

import (
	"errors"
	"fmt"
	"io/fs"
)

// Peek returns what [Open] would return as the state, of the journal as it is now. It takes no lock and changes
// nothing, so that one can look while a run is under way. Where there is no journal, the state is New.
//
// It fails as Open does, but never with [ErrLocked].
func Peek(path string, job Job) (*State, error) {
	s := &storage{files: disk{}, path: path}
	state, err := s.look(job)
	_ = s.close() // it was only read
	if err != nil {
		return nil, fmt.Errorf("look at the journal %s: %w", path, err)
	}
	return state, nil
}

func (s *storage) look(job Job) (*State, error) {
	err := s.load()
	if errors.Is(err, fs.ErrNotExist) && !isLink(s.path) || err == nil && s.size == 0 {
		return newEmptyState(), nil
	}
	if err != nil {
		return nil, err
	}
	if err := s.identify(job); err != nil {
		return nil, err
	}
	p := &replay{}
	if err := s.replay(p); err != nil {
		return nil, err
	}
	p.state.Created = s.header.Created
	return p.state, nil
}

func newEmptyState() *State {
	s := NewState()
	s.New = true
	return s
}
