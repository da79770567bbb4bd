package manifests

import (
	"bytes"
	"errors"
	"io"
)

var errCR = errors.New("the line holds a carriage return: lines end with LF or CRLF")

// list decodes one source a line.
type list struct{ lines *lines }

func (d list) decode(e *entry) error {
	for {
		line, column, bad, err := d.lines.next()
		if err != nil {
			return endOf(e, err)
		}
		if bad == nil && line[0] == '#' {
			continue
		}
		e.reset(d.lines.number)
		if bad == nil {
			column, bad = stray(line)
		}
		if bad != nil {
			e.breaks(column, "%v", bad)
			return nil
		}
		e.state(fieldSource, 1, string(line))
		return nil
	}
}

func (d list) pass(e *entry) error {
	for {
		line, long, err := d.lines.pass()
		if err != nil {
			return endOf(e, err)
		}
		if long || line[0] != '#' {
			e.skip()
			return nil
		}
	}
}

// stray finds a carriage return inside a line, which the formats without escapes cannot mean.
func stray(line []byte) (column int64, bad error) {
	if i := bytes.IndexByte(line, '\r'); i >= 0 {
		return int64(i) + 1, errCR
	}
	return 0, nil
}

// one decodes what [Single] holds: the source, a NUL, the key.
type one struct{ in io.Reader }

func (d one) decode(e *entry) error {
	text, err := io.ReadAll(d.in)
	if err != nil {
		return err
	}
	if len(text) == 0 {
		return endOf(e, io.EOF)
	}
	e.reset(0)
	name, under, _ := bytes.Cut(text, []byte{0})
	e.state(fieldSource, 0, string(name))
	e.state(fieldKey, 0, string(under))
	return nil
}

func (d one) pass(e *entry) error { return d.decode(e) }
