package pipeline

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
)

// Rows yields a checked manifest's rows in order, as often as it is asked. A yielded row is valid until the next.
type Rows interface {
	Rows(ctx context.Context) iter.Seq2[*manifests.Row, error]
}

// RowsBut is for manifests that can leave rows out cheaply: those for which skip, asked once for each number in order,
// returns true.
type RowsBut interface {
	RowsBut(ctx context.Context, skip func(number int64) bool) iter.Seq2[*manifests.Row, error]
}

// Job is everything that a run needs, opened and checked by the caller, who also closes it afterwards.
type Job struct {
	Manifest Rows  // one that is RowsBut too makes a job quick to resume
	Total    int64 // rows of the manifest

	// Rule returns why a row cannot be sent, which then fails. It is for manifests of which an earlier run has checked
	// the rows, so that only those are asked about that are still to be sent. [Look] asks from several goroutines. Nil:
	// all may be.
	Rule func(*manifests.Row) error

	Store   sender.Store     // with its decorators on
	Counted *sender.Counters // of the Store's decorators: they tell if an upload may have been opened twice; nil: unknown
	Reader  *reader.Reader
	Journal *journal.Journal
	Known   *journal.State // what the journal knew when it was opened; nil: nothing
	Adopt   Adopt          // uploads of other programs to carry on

	Options Options
}

// Options are what a user may choose. The zero value is good for most.
type Options struct {
	PartSize int64       // bytes of a part; 0: by the size of each file, at most [DefaultPartSize] unless the store wants more
	Parallel int         // parts in flight; 0: [DefaultParallel]. The Reader must have as many buffers.
	Tries    int         // times a row is sent in one run when the store lost or spoilt it; 0: 3
	Retries  int         // as in [sender.Options], for all requests of one row together; 0: [sender.DefaultRetries]
	Observe  func(Event) // called in journal order from one goroutine; it must not block; nil: nobody

	// Guess finds the content type of objects whose rows state none. A store keeps it with the object as it was when
	// the object, or its upload, was begun.
	Guess Guess

	// MaxParallel, if it is not 0, lets the run find by itself how many parts in flight give the most goodput, between 2
	// and MaxParallel, beginning with Parallel. The Reader must be able to have as many buffers. Counted tells it when
	// the store throttles.
	MaxParallel int

	// Memory is how many bytes the parts in flight may take, where their number is found by the run; 0: no limit. A
	// single part may take more.
	Memory int64

	// NoToken keeps objects free of the metadata [sender.TokenKey]. Without this option, those that are sent to a
	// store whose checksums do not combine to that of the whole (none, or MD5) carry a token of 128 bits there. By it
	// an object whose answer was lost is known for ours, also by a later run; else it is sent again. Rows that state
	// metadata under this key keep their own.
	NoToken bool

	// IfExists is what becomes of rows whose objects are there. Objects that are sent on condition that there is none
	// carry a token, unless NoToken, or the store keeps no metadata: by it a lost answer is told from a conflict.
	IfExists IfExists
	AskFirst bool // under Fail: also ask before, as the store does not keep to the condition; that is not atomic

	// Accept are rows that end the job well though something is open about them. Rows that an earlier run could not
	// prove, and that are not accepted, the store is asked about again, but under Skip and Fail.
	Accept Accept
}

// The defaults, and where a run begins that finds better numbers by itself. Sixteen parts of 16 MiB fill a link of
// 10 Gbit/s at 200 ms a part, in 256 MiB of memory; 16 MiB reach 160 GB in 10,000 parts before they are raised.
const (
	DefaultPartSize = 16 << 20
	DefaultParallel = 16
)

// ErrOption is returned when an option cannot work with the job's store.
var ErrOption = errors.New("unusable option")

func (o Options) withDefaults() Options {
	if o.Parallel == 0 {
		o.Parallel = DefaultParallel
	}
	if o.Tries == 0 {
		o.Tries = 3
	}
	if o.Observe == nil {
		o.Observe = func(Event) {}
	}
	return o
}

// Ahead is what the run's journal is to have for journal.Options.Ahead: as many records may wait for the disk as parts
// are in flight, or as the run begins with where it finds the number. So a disk that holds up a write cannot make a
// kill cost more than about what is in flight, and one that does not holds up nobody: 16 records ahead are two million
// a second.
func (o Options) Ahead() int { return max(1, o.withDefaults().Parallel) }

// Check returns an error wrapping [ErrOption] if the options do not suit a store of these limits.
func (o Options) Check(l sender.Limits) error {
	o = o.withDefaults()
	switch {
	case o.Parallel < 0:
		return fmt.Errorf("%w: parallel %d: want at least 1", ErrOption, o.Parallel)
	case o.MaxParallel < 0:
		return fmt.Errorf("%w: at most %d in parallel: want at least 1", ErrOption, o.MaxParallel)
	case o.PartSize != 0 && o.PartSize < l.MinPart && o.PartSize != DefaultPartSize:
		return fmt.Errorf("%w: part size %d bytes: this store wants at least %d", ErrOption, o.PartSize, l.MinPart)
	case exceeds(o.PartSize, l.MaxPart):
		return fmt.Errorf("%w: part size %d bytes: this store takes at most %d", ErrOption, o.PartSize, l.MaxPart)
	}
	return nil
}
