package manifests

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

var errUTF8Text = errors.New("not UTF-8, which no manifest can express")

// Writer writes rows as JSON lines. What it wrote is read back as the same rows. It is used by one goroutine.
type Writer struct {
	// Prefix is cut from the front of keys that have it, so that rows that were read with [Options].Prefix are
	// written as their manifest states them. It has the form of Options.Prefix.
	Prefix string

	out  *bufio.Writer
	line []byte
	err  error // of quoting, for the row under way
}

// NewWriter returns a writer to w. It buffers: call Flush at the end.
func NewWriter(w io.Writer) *Writer {
	return &Writer{out: bufio.NewWriterSize(w, 64<<10)}
}

// Write writes one row: what it states, the key unless it is empty. Number, Line and Path are not written. It fails,
// and writes nothing, if JSON cannot express the row (text that is not UTF-8) or no manifest may hold it (longer
// than 1 MiB); any other error is that of the writer below and final.
func (w *Writer) Write(r *Row) error {
	w.err = nil
	w.line = append(w.line[:0], `{"source":`...)
	w.quote(r.Source)
	w.text(fieldKey, strings.TrimPrefix(r.Key, normalPrefix(w.Prefix)))
	if r.Size >= 0 {
		w.line = append(w.line, `,"size":`...)
		w.line = strconv.AppendInt(w.line, r.Size, 10)
	}
	w.text(fieldChecksum, r.Checksum)
	w.text(fieldContentType, r.ContentType)
	w.pairs(fieldMetadata, r.Metadata)
	w.pairs(fieldTags, r.Tags)
	for f := fieldStorageClass; f < fields; f++ {
		w.property(f, r)
	}
	w.line = append(w.line, '}')
	if w.err == nil && len(w.line) > maxLine {
		w.err = errTooLong
	}
	if w.err != nil {
		return fmt.Errorf("write row of %s: %w", clip(r.Source), w.err)
	}
	w.line = append(w.line, '\n')
	_, err := w.out.Write(w.line)
	return err
}

// Flush writes what is buffered.
func (w *Writer) Flush() error { return w.out.Flush() }

// text writes a field that is a text, if it states anything.
func (w *Writer) text(f field, value string) {
	if value == "" {
		return
	}
	w.name(f)
	w.quote(value)
}

// property writes a field, if it states anything.
func (w *Writer) property(f field, r *Row) {
	if text := r.text(f); text != nil {
		w.text(f, *text)
	}
	if at := r.time(f); at != nil && !at.IsZero() {
		w.text(f, at.UTC().Format(time.RFC3339))
	}
	if f == fieldCallbackVars {
		w.pairs(f, r.CallbackVars)
	}
	if f == fieldLegalHold && r.LegalHold {
		w.name(f)
		w.line = append(w.line, "true"...)
	}
}

// pairs writes metadata or tags by ascending name, so that equal rows are equal lines.
func (w *Writer) pairs(f field, values map[string]string) {
	if len(values) == 0 {
		return
	}
	w.name(f)
	for i, name := range slices.Sorted(maps.Keys(values)) {
		w.line = append(w.line, "{,"[min(i, 1)])
		w.quote(name)
		w.line = append(w.line, ':')
		w.quote(values[name])
	}
	w.line = append(w.line, '}')
}

func (w *Writer) name(f field) {
	w.line = append(w.line, `,"`...)
	w.line = append(w.line, f.String()...)
	w.line = append(w.line, `":`...)
}

func (w *Writer) quote(s string) {
	line, err := jsontext.AppendQuote(w.line, s)
	if err != nil && w.err == nil {
		w.err = errUTF8Text
	}
	w.line = line
}
