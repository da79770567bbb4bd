package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// lockTries bounds how often the lock's file may vanish between opening and locking it.
const lockTries = 100

// pidOffset leaves the first byte of the lock's file alone: Windows locks it against reading and writing.
const pidOffset = 1

// lockSize is the size of a signed lock's file: a zero byte, and who holds it.
const lockSize = pidOffset + 11

// lock is the right to use a journal. It is a lock on a file beside the journal, because the journal itself is
// renamed over: a lock on it would be a lock on a file without a name.
//
// The file is removed at the end, and that is free of races. A process owns the journal if and only if it holds
// the lock of the very file that the path names, which acquire looks at after locking; and only the owner removes
// that file. Who was waiting on the old file finds another one, or none, under the name, and tries again.
//
// The name may be somebody else's already, who called a file after another by the same rule. So only a file that a
// journal may have left is locked, written and removed; see isLock.
type lock struct {
	path string
	file *flock.Flock
}

// acquire takes the lock or fails with ErrLocked, or with ErrFormat if something else has its name. It does not wait.
func acquire(path string) (*lock, error) {
	for range lockTries {
		if err := checkLock(path); err != nil {
			return nil, err
		}
		l := &lock{path: path, file: flock.New(path)}
		ok, err := l.file.TryLock()
		if err != nil {
			return nil, fmt.Errorf("lock the journal: %w", err)
		}
		if !ok {
			return nil, fmt.Errorf("%w: %s is locked%s", ErrLocked, path, holder(path))
		}
		named, err := l.named()
		if named {
			l.sign()
			return l, nil
		}
		if err = errors.Join(err, l.file.Unlock()); err != nil {
			return nil, fmt.Errorf("lock the journal: %w", err)
		}
	}
	return nil, fmt.Errorf("%w: %s comes and goes", ErrLocked, path)
}

// checkLock fails with ErrFormat if what has the lock's name is none of ours. It looks before anything is opened for
// locking, as that would follow a symbolic link and create what it leads to. What cannot be read is left to the
// locking, which cannot open it either; or, on Windows, finds it locked.
func checkLock(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("lock the journal: %w", err)
	}
	if info.Mode().IsRegular() && info.Size() <= lockSize {
		b, err := readStart(path, lockSize+1)
		if err != nil || isLock(b) {
			return nil
		}
	}
	return stranger{path + " is not a lock of a journal"}
}

// isLock reports whether b is all that the file of a lock may hold: nothing; or a zero byte and the line that sign
// writes, or as many zeros, which is what a power cut may make of it.
func isLock(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	if len(b) != lockSize || b[0] != 0 {
		return false
	}
	line := b[pidOffset:]
	pid, err := strconv.Atoi(string(bytes.TrimRight(line, " \n")))
	return err == nil && pid >= 0 && bytes.Equal(line, signature(pid)) || len(bytes.Trim(line, "\x00")) == 0
}

// readStart returns the first n bytes of a file, or all if there are fewer.
func readStart(path string, n int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	b := make([]byte, n)
	n, err = io.ReadFull(f, b)
	_ = f.Close() // it was only read
	if short(err) {
		err = nil
	}
	return b[:n], err
}

// named reports whether the locked file is still the one that the path names, itself and not through a link.
func (l *lock) named() (bool, error) {
	held, err := l.file.Stat()
	if err != nil {
		return false, err
	}
	there, err := os.Lstat(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(held, there), err
}

// sign writes who holds the lock. It is a courtesy to the next one who comes; nothing depends on it.
func (l *lock) sign() {
	f, err := os.OpenFile(l.path, os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	_, _ = f.WriteAt(signature(os.Getpid()), pidOffset)
	_ = f.Close()
}

// signature is the line of a process: always of one length, so that it covers the one before it.
func signature(pid int) []byte { return fmt.Appendf(nil, "%-10d\n", pid) }

// holder says which process holds the lock, if that can be read.
func holder(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	b := make([]byte, 16)
	n, _ := f.ReadAt(b, pidOffset)
	_ = f.Close()
	pid, err := strconv.Atoi(strings.TrimSpace(string(b[:n])))
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" by process %d", pid)
}

// release removes the lock's file and gives the lock back. A file that someone else put there is left alone.
func (l *lock) release() error {
	if runtime.GOOS == "windows" { // an open file cannot be removed there, and is ours no more once it is closed
		err := l.file.Unlock()
		if checkLock(l.path) == nil {
			_ = os.Remove(l.path)
		}
		return err
	}
	var err error
	if named, _ := l.named(); named { // what cannot be looked at is left alone
		err = os.Remove(l.path)
	}
	if errors.Is(err, fs.ErrNotExist) { // a cleaner was faster
		err = nil
	}
	return errors.Join(err, l.file.Unlock())
}
