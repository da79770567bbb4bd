package manifests

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonl decodes JSON lines. Each line is parsed by itself, so that a broken one costs no other.
type jsonl struct {
	lines *lines
	text  bytes.Reader
	json  *jsontext.Decoder
	spare []byte // unquoted names
}

func newJSONL(l *lines) *jsonl {
	d := &jsonl{lines: l}
	// The defaults refuse duplicate names and invalid UTF-8, which is what a manifest wants.
	d.json = jsontext.NewDecoder(&d.text)
	return d
}

func (d *jsonl) decode(e *entry) error {
	line, column, bad, err := d.lines.next()
	if err != nil {
		return endOf(e, err)
	}
	e.reset(d.lines.number)
	if bad != nil {
		e.breaks(column, "%v", bad)
		return nil
	}
	d.text.Reset(line)
	d.json.Reset(&d.text)
	if err := d.row(e); err != nil {
		d.explain(e, err)
	}
	return nil
}

func (d *jsonl) pass(e *entry) error {
	if _, _, err := d.lines.pass(); err != nil {
		return endOf(e, err)
	}
	e.skip()
	return nil
}

// endOf leaves an entry without a row behind.
func endOf(e *entry, err error) error {
	e.faults = e.faults[:0]
	return err
}

// row reads the line's only value.
func (d *jsonl) row(e *entry) error {
	if kind := d.json.PeekKind(); kind != '{' && kind != 0 {
		e.breaks(d.json.InputOffset()+1, "a row is a JSON object, not %s", kindName(kind))
		return nil
	}
	if err := d.object(func() error { return d.member(e) }); err != nil {
		return err
	}
	end := d.json.InputOffset()
	if _, err := d.json.ReadToken(); !errors.Is(err, io.EOF) {
		e.breaks(end+1, "the line goes on after the row's object: one row is one line")
	}
	return nil
}

// object reads an object and calls member in front of each of its names.
func (d *jsonl) object(member func() error) error {
	if _, err := d.json.ReadToken(); err != nil {
		return err
	}
	for d.json.PeekKind() != '}' {
		if err := member(); err != nil {
			return err
		}
	}
	_, err := d.json.ReadToken()
	return err
}

// member reads one field of the row.
func (d *jsonl) member(e *entry) error {
	name, column, err := d.value()
	if err != nil {
		return err
	}
	f, known := fieldOf(d.unquote(name))
	switch {
	case !known:
		e.fault(column, "unknown field %s", clip(string(d.unquote(name))))
		return d.json.SkipValue()
	case f == fieldMetadata:
		return d.pairs(e, f, e.stateMetadata)
	case f == fieldTags:
		return d.pairs(e, f, e.stateTag)
	case f == fieldLegalHold:
		return d.boolean(e, f)
	case f == fieldCallback:
		return d.callback(e)
	case f == fieldCallbackVars:
		return d.pairs(e, f, e.stateCallbackVar)
	}
	return d.scalar(e, f)
}

// scalar reads a field that is a text or a number. Null states nothing.
func (d *jsonl) scalar(e *entry, f field) error {
	v, column, err := d.value()
	if err != nil {
		return err
	}
	switch kind := v.Kind(); {
	case kind == 'n':
	case kind == '"' && f != fieldSize:
		e.state(f, column, string(d.unquote(v)))
	case kind == '0' && f == fieldSize:
		if n, ok := parseSize(v); ok {
			e.row.Size, e.column[f] = n, column
			return nil
		}
		e.stateSize(column, string(v)) // which says what is wrong
	case f == fieldSize:
		e.fault(column, "size wants a number, not %s", kindName(kind))
	default:
		e.column[f] = column
		e.fault(column, "%s wants a string, not %s", f, kindName(kind))
	}
	return nil
}

// boolean reads a field that is true or false. Null states nothing.
func (d *jsonl) boolean(e *entry, f field) error {
	v, column, err := d.value()
	if err != nil {
		return err
	}
	switch kind := v.Kind(); kind {
	case 'n':
	case 't', 'f':
		e.state(f, column, string(v))
	default:
		e.fault(column, "%s wants true or false, not %s", f, kindName(kind))
	}
	return nil
}

// pairs reads metadata or tags: an object of strings.
func (d *jsonl) pairs(e *entry, f field, state func(column int64, name, value string)) error {
	if d.json.PeekKind() == '{' {
		return d.object(func() error { return d.pair(e, f, state) })
	}
	v, column, err := d.value()
	if err == nil && v.Kind() != 'n' {
		e.fault(column, "%s wants an object of strings, not %s", f, kindName(v.Kind()))
	}
	return err
}

func (d *jsonl) pair(e *entry, f field, state func(column int64, name, value string)) error {
	v, column, err := d.value()
	if err != nil {
		return err
	}
	name := string(d.unquote(v))
	v, at, err := d.value()
	if err != nil {
		return err
	}
	if v.Kind() != '"' {
		e.fault(at, "%s: %s wants a string, not %s", f, clip(name), kindName(v.Kind()))
		return nil
	}
	state(column, name, string(d.unquote(v)))
	return nil
}

// value reads the next value, or name, and says at which column it begins. It is valid until the next call.
func (d *jsonl) value() (v jsontext.Value, column int64, err error) {
	v, err = d.json.ReadValue()
	return v, d.json.InputOffset() - int64(len(v)) + 1, err
}

// unquote returns what a JSON string says, valid until the next call.
func (d *jsonl) unquote(v jsontext.Value) []byte {
	if bytes.IndexByte(v, '\\') < 0 {
		return v[1 : len(v)-1]
	}
	// The decoder has found the string sound.
	d.spare, _ = jsontext.AppendUnquote(d.spare[:0], v)
	return d.spare
}

// explain turns an error of the parser into a fault of the row.
func (d *jsonl) explain(e *entry, err error) {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		e.breaks(d.text.Size()+1, "the line ends inside the row's object: one row is one line")
	case !errors.As(err, &syntax):
		e.breaks(0, "%v", err)
	case errors.Is(syntax.Err, jsontext.ErrDuplicateName):
		e.breaks(syntax.ByteOffset+1, "the name %q stands twice in its object", syntax.JSONPointer.LastToken())
	default:
		e.breaks(syntax.ByteOffset+1, "not JSON: %s", strings.TrimPrefix(syntax.Err.Error(), "jsontext: "))
	}
}

func kindName(k jsontext.Kind) string {
	switch k {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 'n':
		return "null"
	}
	return "a boolean"
}
