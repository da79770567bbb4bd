package reader

import (
	"errors"
	"os"
	"testing"
)

func TestEmptyFileThatGrewIsHandedOutAsEmpty(t *testing.T) {
	inBothModes(t, func(t *testing.T, r *Reader) {
		path := write(t, nil)
		s := open(t, r, path)
		c, err := s.Read(t.Context(), 0, 0)
		must(t, err)
		if len(c.Bytes()) != 0 {
			t.Errorf("%q", c.Bytes())
		}
		c.Release()
		must(t, os.WriteFile(path, []byte("x"), 0o600))
		if _, err := s.Read(t.Context(), 0, 0); !errors.Is(err, ErrChanged) || errors.Is(err, ErrNotRegular) {
			t.Error(err)
		}
	})
}
