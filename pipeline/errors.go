package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
)

var (
	// ErrStopped is returned when a run was asked to stop before its end. It can be carried on.
	ErrStopped = errors.New("stopped before the end")

	// ErrSize is returned when a source has not the size that its row states.
	ErrSize = errors.New("the source has not the size that the manifest states")

	// ErrStated is returned when a source has not the checksum that its row states.
	ErrStated = errors.New("the source has not the checksum that the manifest states")

	// ErrTooLarge is returned when a source is larger than an object of the store may be.
	ErrTooLarge = errors.New("the source is larger than an object of this store may be")

	// ErrOverwritten is returned when another writer replaced the object while it was being proven.
	ErrOverwritten = errors.New("the object was overwritten by another writer")

	// ErrPanic is returned when a step panicked. It is a fault of this program, kept to the row that met it.
	ErrPanic = errors.New("internal fault")
)

// Fault is what failed at a source, before anything was asked of the store.
type Fault struct {
	Op   string // "open source", "read source"
	Path string
	Err  error
}

// Error says what failed and where, the path once.
func (f *Fault) Error() string {
	text := f.Err.Error()
	if strings.Contains(text, strconv.Quote(f.Path)) {
		return text
	}
	return fmt.Sprintf("%s %q: %s", f.Op, f.Path, text)
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }

// codes are the report's codes for what no store has a code for.
var codes = []struct {
	err  error
	code string
}{
	{reader.ErrChanged, "SourceChanged"},
	{reader.ErrNotRegular, "SourceNotRegular"},
	{fs.ErrNotExist, "SourceMissing"},
	{fs.ErrPermission, "SourceUnreadable"},
	{ErrSize, "SizeMismatch"},
	{ErrStated, "ChecksumMismatch"},
	{ErrTooLarge, "TooLarge"},
	{ErrOverwritten, "Overwritten"},
	{sender.ErrExists, "ObjectExists"},
	{sender.ErrCorrupt, "StoredCorrupt"},
	{sender.ErrNoAnswer, "NoAnswer"},
	{sender.ErrUnreachable, "Unreachable"},
	{journal.ErrRecord, "UnusableAnswer"},
	{ErrPanic, "InternalFault"},
}

// failureOf is err as the journal and the report keep it.
func failureOf(err error) *journal.Failure {
	f := &journal.Failure{Message: err.Error()}
	for _, c := range codes {
		if errors.Is(err, c.err) {
			f.Code = c.code
			break
		}
	}
	if s, ok := errors.AsType[*Fault](err); ok {
		f.Op = s.Op
		if f.Code == "" && reader.Temporary(err) {
			f.Code = "SourceUnreadable"
		}
	}
	if e, ok := errors.AsType[*sender.Error](err); ok {
		f.Op, f.RequestID, f.HostID, f.EC = e.Op, e.RequestID, e.HostID, e.EC
		if e.Code != "" {
			f.Code, f.Message = e.Code, e.Message
		}
		if errors.Is(err, sender.ErrExists) {
			f.Message = "an object is there already, which was not made by this job, and is left as it was"
		}
	}
	return f
}

// interrupted reports whether err says nothing about the row: the run was ended under it.
func interrupted(err error) bool {
	return errors.Is(err, ErrStopped) || errors.Is(err, context.Canceled) || errors.Is(err, sender.ErrQuitting) ||
		sender.KindOf(err) == sender.StopRun || errors.Is(err, journal.ErrDead)
}

// sourceFailed reports whether err is the source's doing, so that what was sent of it is of no use. A source that
// could not be read for now is still the same.
func sourceFailed(err error) bool {
	_, fault := errors.AsType[*Fault](err)
	return fault && !reader.Temporary(err) || errors.Is(err, ErrSize) || errors.Is(err, ErrStated) || errors.Is(err, ErrTooLarge)
}

// worthAgain reports whether sending the row once more, in this run, may mend it.
func worthAgain(err error) bool {
	return errors.Is(err, sender.ErrNoSuchUpload) || errors.Is(err, sender.ErrCorrupt) ||
		errors.Is(err, sender.ErrInvalidPart)
}
