package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Discard deletes the journal at path, whatever job it is of and however damaged, for someone who begins anew. A
// file that is not there is discarded already; one that a symbolic link leads to is emptied, so that the link goes on
// to lead somewhere. Discard fails with [ErrLocked] if a run is using it, and with [ErrFormat], leaving it as it is,
// if it is no journal: neither an empty file nor one that begins as a journal does.
func Discard(path string) error {
	named := path
	path, err := resolve(named)
	if err != nil {
		return err
	}
	l, err := acquire(path + lockSuffix)
	if err != nil {
		return err
	}
	if err = errors.Join(discard(path, isLink(named)), l.release()); err != nil {
		return fmt.Errorf("discard journal %s: %w", path, err)
	}
	return nil
}

func discard(path string, linked bool) error {
	err := discardable(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	s := &storage{files: disk{}, path: path}
	if err := errors.Join(s.reopen(), s.close()); errors.Is(err, ErrLocked) {
		return err // a run has it whose lock somebody removed; what cannot be opened can be deleted all the same
	}
	return erase(disk{}, path, linked)
}

// discardable returns why the file at path must not be deleted: all that is sure of a damaged journal is how it begins.
func discardable(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: it is not a regular file", ErrFormat)
	}
	b, err := readStart(path, len(magic))
	if err != nil {
		return err
	}
	if len(b) > 0 && !strings.HasPrefix(string(b), magic) {
		return fmt.Errorf("%w: it does not begin as a journal does", ErrFormat)
	}
	return nil
}
