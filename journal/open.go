package journal

import (
	"errors"
	"fmt"
	"time"
)

// The names beside a journal's own.
const (
	lockSuffix = ".lock"
	tempSuffix = ".ingest-tmp" // what has this name is removed as a leftover: nobody else calls a file so
	copySuffix = ".corrupt"
)

// defaultCommit is the most work, in time, that a power cut may take: short enough not to matter, and so rare a
// sync that it costs nothing beside the sending.
const defaultCommit = 200 * time.Millisecond

// Options of a journal. The zero value is ready for use.
type Options struct {
	Commit time.Duration // the longest that a record waits to be durable; 200 ms
	Tool   string        // version of the program, for the header; at most 64 bytes of it

	// Ahead is how many records Append may be ahead of the file, those that are being written included: so many does the
	// end of the process take at most. 0: as many as fit into 4 MiB, like any larger number.
	Ahead int

	files files // the real file system
}

func (o Options) withDefaults() Options {
	if o.Commit <= 0 {
		o.Commit = defaultCommit
	}
	o.Ahead = max(0, o.Ahead)
	if o.files == nil {
		o.files = disk{}
	}
	return o
}

// Open takes the journal at path for this process alone and reads what it knows. It creates the journal if there
// is none, or an empty file. Its directory has to be there.
//
// A torn end is cut. Damage elsewhere is repaired by writing anew what can be believed, after the file was copied
// to path + ".corrupt"; [State.Damage] says so. If much of the file is of no use any more it is written anew too.
//
// Open fails with [ErrLocked], [ErrOtherJob], [ErrFormat] or [ErrDamaged], which leave the file as it is, with
// [ErrChanged] if somebody is at work in the file, or with an error of the file system. [ErrFormat] is also for a
// neighbour: something beside the journal that has the name of its lock, its copy or its successor and is not that. It
// is left as it is too. The journal must be closed with Close or Remove.
func Open(path string, job Job, o Options) (*Journal, *State, error) {
	o = o.withDefaults()
	if err := job.check(); err != nil {
		return nil, nil, err
	}
	named := path
	path, err := resolve(named)
	if err != nil {
		return nil, nil, err
	}
	l, err := acquire(path + lockSuffix)
	if err != nil {
		return nil, nil, err
	}
	s := &storage{files: o.files, path: path, linked: isLink(named), tool: o.Tool}
	state, err := s.open(job)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open journal %s: %w", path, err), l.release())
	}
	j := newJournal(s, state, o)
	j.lock = l
	j.start()
	return j, state, nil
}

// Temporary returns a journal that nobody will open again, in a file of the system's temporary directory that is
// gone after Close. It is never synced, and Sync only waits for it to be written.
func Temporary(job Job, o Options) (*Journal, *State, error) {
	o = o.withDefaults()
	if err := job.check(); err != nil {
		return nil, nil, err
	}
	s := &storage{files: o.files, path: "temporary journal", tool: o.Tool}
	if err := s.improvise(job); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("create a temporary journal: %w", err), s.close())
	}
	state := newEmptyState()
	state.Created = s.header.Created
	j := newJournal(s, state, o)
	j.volatile = true
	j.start()
	return j, state, nil
}
