package journal

import (
	"errors"
	"fmt"
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

// lock is the right to use a journal. It is a lock on a file beside the journal, because the journal itself is
// renamed over: a lock on it would be a lock on a file without a name.
//
// The file is removed at the end, and that is free of races. A process owns the journal if and only if it holds
// the lock of the very file that the path names, which acquire looks at after locking; and only the owner removes
// that file. Who was waiting on the old file finds another one, or none, under the name, and tries again.
type lock struct {
	path string
	file *flock.Flock
}

// acquire takes the lock or fails with ErrLocked. It does not wait.
func acquire(path string) (*lock, error) {
	for range lockTries {
		l := &lock{path: path, file: flock.New(path)}
		ok, err := l.file.TryLock()
		if err != nil {
			return nil, fmt.Errorf("lock the journal: %w", err)
		}
		if !ok {
			return nil, fmt.Errorf("%w: %s is locked%s", ErrLocked, path, holder(path))
		}
		if l.named() {
			l.sign()
			return l, nil
		}
		if err := l.file.Unlock(); err != nil {
			return nil, fmt.Errorf("lock the journal: %w", err)
		}
	}
	return nil, fmt.Errorf("%w: %s comes and goes", ErrLocked, path)
}

// named reports whether the locked file is still the one that the path names.
func (l *lock) named() bool {
	held, err := l.file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(l.path)
	return err == nil && os.SameFile(held, there)
}

// sign writes who holds the lock. It is a courtesy to the next one who comes; nothing depends on it.
func (l *lock) sign() {
	f, err := os.OpenFile(l.path, os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	_, _ = f.WriteAt(fmt.Appendf(nil, "%-10d\n", os.Getpid()), pidOffset)
	_ = f.Close()
}

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
		_ = os.Remove(l.path)
		return err
	}
	var err error
	if l.named() {
		err = os.Remove(l.path)
	}
	return errors.Join(err, l.file.Unlock())
}
