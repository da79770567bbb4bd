package journal

import "errors"

// ErrLocked is returned when another process has the journal open.
var ErrLocked = errors.New("journal is in use")

// ErrOtherJob is returned when the journal is of another manifest, target or root.
var ErrOtherJob = errors.New("journal is of another job")

// ErrFormat is returned when a file is not a journal, or is one of a format that this program does not read.
var ErrFormat = errors.New("not a journal that this version reads")

// stranger is an ErrFormat of something that has a name of ours and is not ours; its text says all.
type stranger struct{ text string }

func (s stranger) Error() string { return s.text }

func (stranger) Unwrap() error { return ErrFormat }

// ErrDamaged is returned when a journal's header cannot be believed. The file is left as it is.
var ErrDamaged = errors.New("journal's header is damaged")

// ErrChanged is returned when what an open journal wrote is not in its file any more: somebody removed, replaced or
// cut the file, or wrote into it, or the disk lost what it had taken. Where a sync finds this out, ErrDead wraps it.
var ErrChanged = errors.New("journal's file has changed")

// ErrDead is returned after a write or a sync of the journal has failed. The error wraps that failure too.
var ErrDead = errors.New("journal is dead")

// ErrClosed is returned when a journal is used after Close or Remove.
var ErrClosed = errors.New("journal is closed")

// ErrRecord is returned when a record does not keep the bounds of its fields, or takes back that a row is stored.
// Nothing of it is written.
var ErrRecord = errors.New("record is out of bounds")
