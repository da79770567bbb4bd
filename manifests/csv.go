package manifests

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
)

// csvRows decodes CSV (RFC 4180) with a header row.
//
// encoding/csv is handed one line at a time: its reader sees an end of file after each of them and goes on when
// the next one is there. So a quote that is never closed spoils its own line, and not the file behind it, and no
// record is longer than a line may be. The price is that a cell cannot hold a line break.
type csvRows struct {
	lines   *lines
	text    bytes.Reader
	csv     *csv.Reader
	columns []csvColumn // nil before the header was read
}

// csvColumn is what the cells of one column state. Of a column that is not known, field is fields.
type csvColumn struct {
	field field
	name  string // of the metadata or tag
}

func newCSV(l *lines) *csvRows {
	d := &csvRows{lines: l}
	d.csv = csv.NewReader(&d.text)
	d.csv.ReuseRecord = true
	d.csv.FieldsPerRecord = -1
	return d
}

func (d *csvRows) decode(e *entry) error {
	if d.columns != nil {
		return d.next(e)
	}
	cells, err := d.record(e)
	if err != nil {
		return err
	}
	d.header(e, cells)
	if e.broken {
		return io.EOF
	}
	// The header is no row: it gives its number back, and its faults go to the first one.
	e.row.Number--
	faults := slices.Clone(e.faults)
	err = d.next(e)
	e.faults = append(faults, e.faults...)
	return err
}

// pass decodes the first row, as the header in front of it says whether the manifest is one.
func (d *csvRows) pass(e *entry) error {
	if d.columns == nil {
		return d.decode(e)
	}
	if _, _, err := d.lines.pass(); err != nil {
		return endOf(e, err)
	}
	e.skip()
	return nil
}

// next reads the row on the next line.
func (d *csvRows) next(e *entry) error {
	cells, err := d.record(e)
	if err == nil && !e.broken {
		d.row(e, cells)
	}
	return err
}

// record reads the cells of the next line.
func (d *csvRows) record(e *entry) ([]string, error) {
	line, column, bad, err := d.lines.next()
	if err != nil {
		return nil, endOf(e, err)
	}
	e.reset(d.lines.number)
	if bad == nil {
		column, bad = stray(line)
	}
	if bad != nil {
		e.breaks(column, "%v", bad)
		return nil, nil
	}
	d.text.Reset(line)
	cells, err := d.csv.Read()
	if err != nil {
		explainCSV(e, err)
	}
	return cells, nil
}

// header learns from the first line what the columns are.
func (d *csvRows) header(e *entry, cells []string) {
	d.columns = make([]csvColumn, len(cells))
	seen := make(map[string]bool)
	for i, name := range cells {
		_, at := d.csv.FieldPos(i)
		c, known := columnOf(name)
		switch {
		case !known:
			e.fault(int64(at), "unknown field %s in the header", clip(name))
		case seen[name]:
			e.fault(int64(at), "the field %s stands twice in the header", clip(name))
			c.field = fields
		case c.field == fieldMetadata && !isToken(c.name):
			e.checkMetadata(int64(at), c.name, "")
			c.field = fields
		}
		seen[name] = true
		d.columns[i] = c
	}
	if !seen["source"] && !e.broken {
		e.breaks(0, "the header has no field source")
	}
}

// columnOf reads a name of the header.
func columnOf(name string) (c csvColumn, known bool) {
	if rest, ok := strings.CutPrefix(name, "metadata."); ok {
		return csvColumn{fieldMetadata, rest}, true
	}
	if rest, ok := strings.CutPrefix(name, "tags."); ok {
		return csvColumn{fieldTags, rest}, true
	}
	if rest, ok := strings.CutPrefix(name, "callback_vars."); ok {
		return csvColumn{fieldCallbackVars, rest}, true
	}
	f, known := fieldOf([]byte(name))
	if f == fieldMetadata || f == fieldTags || f == fieldCallbackVars {
		return csvColumn{field: fields}, false
	}
	return csvColumn{field: f}, known
}

// row takes the cells of a line for the fields of the header.
func (d *csvRows) row(e *entry, cells []string) {
	if len(cells) != len(d.columns) {
		e.breaks(0, "the row has %d cells, the header has %d", len(cells), len(d.columns))
		return
	}
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		_, at := d.csv.FieldPos(i)
		switch c := d.columns[i]; c.field {
		case fieldMetadata:
			e.stateMetadata(int64(at), c.name, cell)
		case fieldTags:
			e.stateTag(int64(at), c.name, cell)
		case fieldCallbackVars:
			e.stateCallbackVar(int64(at), c.name, cell)
		default:
			e.state(c.field, int64(at), cell)
		}
	}
}

func explainCSV(e *entry, err error) {
	var parse *csv.ParseError
	switch {
	case !errors.As(err, &parse):
		e.breaks(0, "%v", err)
	case errors.Is(parse.Err, csv.ErrBareQuote):
		e.breaks(int64(parse.Column), `a quote in a cell that does not begin with one`)
	default:
		e.breaks(int64(parse.Column), `a quoted cell must end with a quote on its own line, and double those inside`)
	}
}
