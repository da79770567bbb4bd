package reader

import (
	"errors"
	"testing"
)

// divided is a network file system that says one thing of a path and another of the open file: whichever it is asked
// about first may come from its cache.
type divided struct {
	kernel
	path, opened func(*Identity) // make another identity of the true one; nil: it is said as it is
}

func (s divided) identityOf(path string) (Identity, error) {
	id, err := s.kernel.identityOf(path)
	if s.path != nil {
		s.path(&id)
	}
	return id, err
}

func (s divided) identity(f file) (Identity, error) {
	id, err := s.kernel.identity(f)
	if s.opened != nil {
		s.opened(&id)
	}
	return id, err
}

func TestChangeThatOnlyOneLookShowsIsNoticed(t *testing.T) {
	grown := func(id *Identity) { id.Size++ }
	for name, s := range map[string]divided{"path": {path: grown}, "open file": {opened: grown}} {
		source := open(t, New(Options{system: s}), write(t, pattern(10)))
		if err := source.Unchanged(); !errors.Is(err, ErrChanged) {
			t.Errorf("changed as the %s shows: %v", name, err)
		}
	}
}
