package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// indexEntry is the size of a row's place in the index: the offset of its last outcome in the journal, or 0.
const indexEntry = 8

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
	scratch *os.File
	unnamed bool
	buf     [maxFrame]byte
}

// readOnly makes a cache's file of one that is only read.
type readOnly struct{ io.ReaderAt }

func (readOnly) WriteAt([]byte, int64) (int, error) { return 0, errors.ErrUnsupported }

// Outcomes reads the journal once, as it is at this moment, and returns the outcomes of the rows 1 to rows. The
// index, 8 bytes a row, lies in a file of the system's temporary directory that has no name, or loses it in Close.
func (j *Journal) Outcomes(ctx context.Context, rows int64) (*Outcomes, error) {
	if rows < 0 || rows > MaxRow {
		return nil, fmt.Errorf("%w: %d rows", ErrRecord, rows)
	}
	if err := j.Sync(ctx); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp("", "ingest-*.index")
	if err != nil {
		return nil, fmt.Errorf("create an index of the journal: %w", err)
	}
	j.mu.Lock()
	size := j.written
	j.mu.Unlock()
	o := &Outcomes{
		rows: rows, seed: j.frames.seed, size: size, scratch: f,
		index: newCache(f), journal: newCache(readOnly{j.storage.file}),
		unnamed: os.Remove(f.Name()) == nil, // not on Windows
	}
	if err := o.fill(ctx, j.storage.frames(size)); err != nil {
		return nil, errors.Join(fmt.Errorf("index the journal: %w", err), o.Close())
	}
	return o, nil
}

// fill writes the index. A row's later outcome takes the place of its earlier one.
func (o *Outcomes) fill(ctx context.Context, r *orderedReader) error {
	for n := 0; ; n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		f, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := o.note(f); err != nil {
			return err
		}
	}
}

func (o *Outcomes) note(f reading) error {
	if f.kind != kindOutcome || f.repeated {
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
	binary.LittleEndian.PutUint64(entry, uint64(f.offset))
	return nil
}

// Get returns the last outcome of a row, and whether it has one.
func (o *Outcomes) Get(row int64) (Outcome, bool, error) {
	if row < 1 || row > o.rows {
		return Outcome{}, false, nil
	}
	entry, err := o.index.span(row*indexEntry, false)
	if err != nil {
		return Outcome{}, false, fmt.Errorf("read the journal's index: %w", err)
	}
	offset := int64(binary.LittleEndian.Uint64(entry))
	if offset == 0 {
		return Outcome{}, false, nil
	}
	out, err := o.read(offset)
	if err != nil {
		return Outcome{}, false, fmt.Errorf("read row %d in the journal: %w", row, err)
	}
	return out, true, nil
}

// read reads the outcome at an offset. Its checksum is looked at again: the disk is, and the index is a file too.
func (o *Outcomes) read(offset int64) (Outcome, error) {
	if offset < 0 || offset > o.size-frameHead {
		return Outcome{}, io.ErrUnexpectedEOF
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
	if !sealed(b, o.seed) || f.kind != kindOutcome || !ok {
		return Outcome{}, errUnsound
	}
	return out, nil
}

// errUnsound says that what was read a moment ago reads differently now.
var errUnsound = errors.New("the record is damaged")

// Close closes and removes the index.
func (o *Outcomes) Close() error {
	err := o.scratch.Close()
	if !o.unnamed {
		err = errors.Join(err, os.Remove(o.scratch.Name()))
	}
	return err
}
