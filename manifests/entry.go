package manifests

import (
	"cmp"
	"fmt"
	"math"
)

// decoder reads the rows of one format, in constant memory.
type decoder interface {
	// decode reads the next row into e, which it resets. What is wrong with the row, or with what stands before
	// it, becomes a fault of e, and the next call goes on behind it. The error is io.EOF after the last row (e
	// may still hold faults) or that of reading the bytes, which is final.
	decode(e *entry) error

	// pass moves behind the next row without decoding it, and only counts it in e. It takes the manifest to be sound:
	// it finds no fault of the row. A decoder may decode it all the same. The error is that of decode.
	pass(e *entry) error
}

// entry is what a decoder makes of one row: the row, where its fields stand, and what is wrong with it. Whoever
// reads keeps one entry and has it filled again and again.
type entry struct {
	row    Row
	column [fields]int64 // where the value of each stated field begins, from 1; 0: not stated
	faults []Mistake     // without the file's name
	broken bool          // the row could not be parsed: its fields say nothing
	rare   bool          // a field was stated that few rows have

	spareMetadata map[string]string
	spareTags     map[string]string
	weight        int // bytes of metadata, names and values
}

// reset makes e the next row, which stands on the line given, without a field.
func (e *entry) reset(line int64) {
	e.keepMaps()
	e.row = Row{Number: e.row.Number + 1, Line: line, Size: -1}
	e.column = [fields]int64{}
	e.faults = e.faults[:0]
	e.broken, e.rare = false, false
	e.weight = 0
}

// skip makes e the next row, of which nothing is known.
func (e *entry) skip() {
	e.row.Number++
	e.faults = e.faults[:0]
}

// keepMaps takes the maps of the row before, to be used again by the next row that needs some.
func (e *entry) keepMaps() {
	if e.row.Metadata != nil {
		clear(e.row.Metadata)
		e.spareMetadata = e.row.Metadata
	}
	if e.row.Tags != nil {
		clear(e.row.Tags)
		e.spareTags = e.row.Tags
	}
}

// maxFaults is how many faults of one row are kept: a line of 1 MiB can hold a hundred thousand.
const maxFaults = 100

// fault notes what is wrong at a column of the row's line.
func (e *entry) fault(column int64, format string, args ...any) {
	if len(e.faults) == maxFaults {
		return
	}
	e.faults = append(e.faults, Mistake{Line: e.row.Line, Column: column, Message: fmt.Sprintf(format, args...)})
}

// breaks notes why the row cannot be parsed any further.
func (e *entry) breaks(column int64, format string, args ...any) {
	e.broken = true
	e.fault(column, format, args...)
}

// state sets a field to a text. An empty text states nothing, and neither does a field that is not known.
func (e *entry) state(f field, column int64, text string) {
	if text == "" || f >= fields {
		return
	}
	e.column[f] = column
	e.rare = e.rare || f > fieldACL
	switch f {
	case fieldSize:
		e.stateSize(column, text)
	case fieldExpires, fieldLockUntil:
		e.stateTime(f, column, text)
	case fieldLegalHold:
		e.stateHold(column, text)
	default:
		*e.row.text(f) = text // the decoders state metadata, tags and callback variables elsewhere
	}
}

// stateSize sets the size, or says why the text is none.
func (e *entry) stateSize(column int64, text string) {
	e.column[fieldSize] = column
	n, ok := parseSize(text)
	if !ok {
		e.fault(column, "size wants a whole number of bytes from 0 to %d, not %s", int64(math.MaxInt64), clip(text))
		return
	}
	e.row.Size = n
}

// parseSize reads a size in bytes: digits and nothing else.
func parseSize[T ~string | ~[]byte](text T) (n int64, ok bool) {
	for i := range len(text) {
		digit := int64(text[i]) - '0'
		if digit < 0 || digit > 9 || n > (math.MaxInt64-digit)/10 {
			return 0, false
		}
		n = n*10 + digit
	}
	return n, len(text) > 0
}

// stateMetadata sets one metadata entry and checks it. Past the bound it only weighs.
func (e *entry) stateMetadata(column int64, name, value string) {
	if e.row.Metadata == nil {
		e.row.Metadata = spare(&e.spareMetadata)
	}
	e.column[fieldMetadata] = cmp.Or(e.column[fieldMetadata], column)
	e.weight += len(name) + len(value)
	if e.weight <= maxMetadata {
		e.checkMetadata(column, name, value)
		e.row.Metadata[name] = value
	}
}

// stateTag sets one tag and checks it. One past the bound is kept, to show that there are too many.
func (e *entry) stateTag(column int64, name, value string) {
	if e.row.Tags == nil {
		e.row.Tags = spare(&e.spareTags)
	}
	e.column[fieldTags] = cmp.Or(e.column[fieldTags], column)
	if len(e.row.Tags) <= maxTags {
		e.checkTag(column, name, value)
		e.row.Tags[name] = value
	}
}

func spare(m *map[string]string) map[string]string {
	taken := *m
	*m = nil
	if taken == nil {
		taken = make(map[string]string)
	}
	return taken
}
