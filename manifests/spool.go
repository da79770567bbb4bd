package manifests

import (
	"errors"
	"io"
	"os"
)

// spool copies a stream into a temporary file, for it is read more than once.
func (m *Manifest) spool(r io.Reader) error {
	f, remove, err := tempFile(m.tempDir)
	if err != nil {
		return err
	}
	m.file, m.content, m.remove = f, f, remove
	if m.size, err = io.Copy(f, r); err != nil {
		return errors.Join(err, m.Close())
	}
	return nil
}

// tempFile makes a file, mode 0600, that nobody else needs. Where the system allows it, its name is gone already,
// so that not even a kill leaves it behind; elsewhere remove, to be called after closing it, takes it away.
func tempFile(dir string) (f *os.File, remove func() error, err error) {
	f, err = os.CreateTemp(dir, "ingest-manifest-*")
	if err != nil {
		return nil, nil, err
	}
	if os.Remove(f.Name()) == nil {
		return f, func() error { return nil }, nil
	}
	return f, func() error { return os.Remove(f.Name()) }, nil
}
