package wire

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// maxDepth bounds how deep elements nest. The deepest answer of a store has five levels.
const maxDepth = 32

// ErrXML is returned when a body is not one complete and harmless XML document.
var ErrXML = errors.New("not a complete XML document")

// DecodeXML decodes a body that is one complete XML document into v, as [xml.Unmarshal] does. It refuses, with
// [ErrXML], a document type, entities of its own, more than 32 levels, more than [MaxBody] bytes, and anything but
// white space and comments after the root. It also fails if the root is not the element that v wants.
func DecodeXML(body []byte, v any) error {
	if len(body) > MaxBody {
		return fmt.Errorf("%w: longer than %d bytes", ErrXML, MaxBody)
	}
	if err := checkXML(body); err != nil {
		return err
	}
	if err := xml.Unmarshal(body, v); err != nil {
		return becauseXML(err)
	}
	return nil
}

// checkXML reads the whole document once, so that nothing is decoded out of one that does not end well.
func checkXML(body []byte) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	var s shape
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) && s.roots == 1 {
			return nil
		}
		if err == nil {
			err = s.add(t)
		}
		if err != nil {
			return becauseXML(err)
		}
	}
}

// becauseXML wraps the text of an error alone, and cuts it: it repeats names of elements, of any length.
func becauseXML(err error) error { return fmt.Errorf("%w: %.160s", ErrXML, err.Error()) }

// shape is how a document looks so far.
type shape struct{ roots, depth int }

func (s *shape) add(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		return s.open()
	case xml.EndElement:
		s.depth--
	case xml.CharData:
		if s.depth == 0 && len(bytes.TrimSpace(t)) > 0 {
			return errors.New("text outside of the root")
		}
	case xml.Directive:
		return errors.New("it has a document type")
	}
	return nil
}

func (s *shape) open() error {
	if s.depth == 0 {
		s.roots++
	}
	s.depth++
	if s.roots > 1 {
		return errors.New("more than one root")
	}
	if s.depth > maxDepth {
		return fmt.Errorf("more than %d levels", maxDepth)
	}
	return nil
}
