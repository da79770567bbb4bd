package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// indexEntry is the size of a row's place in the index: the offset of its last outcome in the journal and, in the 16
// low bits, the end of that frame's sequence number; or 0. An offset has 48 bits, for 281 TB.
const (
	indexEntry   = 8
	sequenceBits = 16
)

func newEntry(f frame) uint64 {
	return uint64(f.offset)<<sequenceBits | f.sequence&(1<<sequenceBits-1)
}

// checkEvery is how many frames are read between two looks at the context.
const checkEvery = 4096

// Outcomes finds the last outcome of any row. It is made for asking in ascending order, row by row: then both
// the index and the journal are read nearly from front to back, through two small caches. It must be closed, and
// used by one goroutine at a time, before the journal is closed.
type Outcomes struct {
	rows    int64
	seed    uint64
	size    int64
	index   *cache
	journal *cache
	scratch *scratch
	buf     [maxFrame]byte
}

// readOnly makes a cache's file of one that is only read.
type readOnly struct{ io.ReaderAt }

func (readOnly) WriteAt([]byte, int64) (int, error) { return 0, errors.ErrUnsupported }

// Outcomes reads the journal once, as it is at this moment, and returns the outcomes of the rows 1 to rows. The
// index, 8 bytes a row, lies in a file of the system's temporary directory that has no name, or loses it in Close.
// It fails with [ErrChanged] unless every record is there that was in the journal when it was opened, or was appended
// since: what is missing might be a row's last word.
func (j *Journal) Outcomes(ctx context.Context, rows int64) (*Outcomes, error) {
	if rows < 0 || rows > MaxRow {
		return nil, fmt.Errorf("%w: %d rows", ErrRecord, rows)
	}
	if err := errors.Join(context.Cause(ctx), j.Sync(ctx)); err != nil {
		return nil, err
	}
	f, err := newScratch(j.storage.files, "ingest-*.index")
	if err != nil {
		return nil, fmt.Errorf("create an index of the journal: %w", err)
	}
	end := j.end()
	o := &Outcomes{
		rows: rows, seed: j.storage.header.seed(), size: end.offset, scratch: f,
		index: newCache(f), journal: newCache(readOnly{j.storage.file}),
	}
	if err := o.fill(ctx, j.storage.frames(end.offset), end.sequence); err != nil {
		return nil, errors.Join(fmt.Errorf("index the journal: %w", err), o.Close())
	}
	return o, nil
}

// end returns how far the journal is written.
func (j *Journal) end() position {
	j.mu.Lock()
	defer j.mu.Unlock()
	return position{j.written, j.inFile}
}

// fill writes the index. A row's later outcome takes the place of its earlier one.
func (o *Outcomes) fill(ctx context.Context, r *orderedReader, last uint64) error {
	n := 0
	return eachSound(r, last, func(f reading) error {
		if n++; n%checkEvery == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return o.note(f)
	})
}

func (o *Outcomes) note(f reading) error {
	if f.kind != kindOutcome {
		return nil
	}
	d := decoder{b: f.payload}
	row := d.row()
	if row < 1 || row > o.rows {
		return nil
	}
	entry, err := o.index.span(row*indexEntry, true)
	if err != nil {
		return err
	}
	binary.LittleEndian.PutUint64(entry, newEntry(f.frame))
	return nil
}

// Get returns the last outcome of a row, and whether it has one. It fails with [ErrChanged] if the journal does not say
// any more what it said, and if the journal or the index cannot be read.
func (o *Outcomes) Get(row int64) (Outcome, bool, error) {
	if row < 1 || row > o.rows {
		return Outcome{}, false, nil
	}
	entry, err := o.index.span(row*indexEntry, false)
	if err != nil {
		return Outcome{}, false, fmt.Errorf("read the journal's index: %w", err)
	}
	place := binary.LittleEndian.Uint64(entry)
	if place == 0 {
		return Outcome{}, false, nil
	}
	out, err := o.read(place)
	if err == nil && out.Row != row {
		err = errUnsound
	}
	if err != nil {
		return Outcome{}, false, fmt.Errorf("read row %d in the journal: %w", row, err)
	}
	return out, true, nil
}

// read reads the outcome that an entry of the index means. All is looked at again: the checksum, as the disk is, and
// the place in the order, as the index is a file too.
func (o *Outcomes) read(entry uint64) (Outcome, error) {
	offset := int64(entry >> sequenceBits)
	if offset > o.size-frameHead {
		return Outcome{}, errUnsound
	}
	head := o.buf[:frameHead]
	if err := o.journal.read(head, offset); err != nil {
		return Outcome{}, err
	}
	b := o.buf[:frameLength(head)]
	if len(b) == 0 {
		return Outcome{}, errUnsound
	}
	if err := o.journal.read(b[frameHead:], offset+frameHead); err != nil {
		return Outcome{}, err
	}
	f := parse(b, offset)
	out, ok := decodeOutcome(f.payload, false)
	if !sealed(b, o.seed) || f.kind != kindOutcome || newEntry(f) != entry || !ok {
		return Outcome{}, errUnsound
	}
	return out, nil
}

// errUnsound says that what was read a moment ago reads differently now.
var errUnsound = fmt.Errorf("%w: a record is damaged", ErrChanged)

// Close closes and removes the index.
func (o *Outcomes) Close() error { return o.scratch.Close() }
