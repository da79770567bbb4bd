package manifests

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrDefaults is returned when the defaults of the rows break a rule of the manifest. The text says which.
var ErrDefaults = errors.New("the properties of all rows are wrong")

// defaults are the properties of rows that state none of their own.
type defaults struct {
	row  Row
	text []byte // the same for the same properties, as the digest has them; empty: there are none
}

// properties is a copy of a row without what is its own: where it stands, its source, its key, its bytes.
func (r *Row) properties() Row {
	c := *r.Clone()
	c.Number, c.Line, c.Source, c.Path, c.Key, c.Size, c.Checksum = 0, 0, "", "", "", -1, ""
	c.Expires, c.LockUntil = c.Expires.UTC().Truncate(time.Second), c.LockUntil.UTC().Truncate(time.Second)
	return c
}

// newDefaults checks the properties of r by the rules of a row, and writes them as one. Nil has none.
func newDefaults(r *Row) (defaults, error) {
	if r == nil {
		return defaults{}, nil
	}
	d := defaults{row: r.properties()}
	if err := d.check(); err != nil {
		return d, fmt.Errorf("%w: %w", ErrDefaults, err)
	}
	var b bytes.Buffer
	w := NewWriter(&b)
	if err := errors.Join(w.Write(&d.row), w.Flush()); err != nil {
		return d, fmt.Errorf("%w: %w", ErrDefaults, err)
	}
	if b.String() != bare {
		d.text = b.Bytes()
	}
	return d, nil
}

// bare is a row that states nothing, as a [Writer] writes it.
const bare = `{"source":""}` + "\n"

func (d *defaults) check() error {
	var e entry
	e.reset(0)
	e.row.Source, e.row.Key = "s", "k"
	d.fill(&e)
	e.check()
	if len(e.faults) > 0 {
		return errors.New(e.faults[0].Message)
	}
	return nil
}

// apply gives a row what it does not state itself.
func (d *defaults) apply(e *entry) {
	if len(d.text) > 0 {
		d.fill(e)
	}
}

func (d *defaults) fill(e *entry) {
	for f := fieldContentType; f < fields; f++ {
		if e.column[f] == 0 {
			e.row.take(f, &d.row)
		}
	}
	e.rare = true
	for name, value := range d.row.Metadata {
		if !hasFolded(e.row.Metadata, name) {
			e.stateMetadata(0, name, value)
		}
	}
	merge(d.row.Tags, e.row.Tags, e.stateTag)
	merge(d.row.CallbackVars, e.row.CallbackVars, e.stateCallbackVar)
}

// merge states each default whose name is not among those that the row has stated.
func merge(from, stated map[string]string, state func(column int64, name, value string)) {
	for name, value := range from {
		if _, ok := stated[name]; !ok {
			state(0, name, value)
		}
	}
}

// take copies a field from another row. What is merged name by name stays.
func (r *Row) take(f field, from *Row) {
	if text := r.text(f); text != nil {
		*text = *from.text(f)
	}
	if at := r.time(f); at != nil {
		*at = *from.time(f)
	}
	if f == fieldLegalHold {
		r.LegalHold = from.LegalHold
	}
}

// hasFolded reports whether metadata has a name, in any case: it is one header.
func hasFolded(metadata map[string]string, name string) bool {
	if _, ok := metadata[name]; ok {
		return true
	}
	for other := range metadata {
		if strings.EqualFold(other, name) {
			return true
		}
	}
	return false
}
