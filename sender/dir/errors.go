package dir

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"github.com/ingest-dev/ingest/sender"
)

// failed returns the error of a call, with what it means for the work.
func failed(op, key string, part int, err error) *sender.Error {
	if e, ok := errors.AsType[*sender.Error](err); ok {
		return e
	}
	e := &sender.Error{Op: op, Key: key, Part: part, Err: err}
	for _, c := range classes {
		if errors.Is(err, c.of) {
			e.Kind, e.Hint = c.kind, c.hint
			break
		}
	}
	if u, ok := errors.AsType[*stagingError](err); ok && e.Kind == sender.GiveUp {
		e.Kind, e.Hint = sender.StopRun, u.hint
	}
	return e
}

// class is what an error of the system means.
type class struct {
	of   error
	kind sender.Kind
	hint string
}

// classes are tried in order. What is not here gives up the row: a bad sector, a name too long, a folder that is not
// ours.
var classes = append([]class{
	{context.Canceled, sender.TryAgain, ""},
	{context.DeadlineExceeded, sender.TryAgain, ""},
	{sender.ErrCorrupt, sender.TryAgain, ""},
	{syscall.ENOSPC, sender.StopRun, "make room on the disk"},
	{syscall.EDQUOT, sender.StopRun, "make room, or have the quota raised"},
	{syscall.EROFS, sender.StopRun, "the file system is read-only: remount it"},
	{fs.ErrClosed, sender.StopRun, "the store was closed"},
	{syscall.EMFILE, sender.TryAgain, "raise the limit of open files (ulimit -n)"},
	{syscall.ENFILE, sender.TryAgain, "the system has too many open files"},
	{syscall.EAGAIN, sender.TryAgain, ""},
	{syscall.ETIMEDOUT, sender.TryAgain, ""},
	{syscall.ESTALE, sender.TryAgain, ""},
	{syscall.EXDEV, sender.GiveUp, "a folder of the key is another file system: make it the store"},
	{syscall.EISDIR, sender.GiveUp, inTheWay},
	{syscall.ENOTDIR, sender.GiveUp, inTheWay},
	{syscall.ENOTEMPTY, sender.GiveUp, inTheWay},
	{fs.ErrExist, sender.GiveUp, inTheWay},
	{fs.ErrPermission, sender.GiveUp, "the folder or the file belongs to somebody else"},
}, systemClasses...)

// inTheWay is the hint for a key whose path is partly a file, or wholly a folder.
const inTheWay = "one of two keys is the folder of the other: a directory cannot hold both"
