package rehearsal

import (
	"bytes"
	"net/http"
	"strconv"

	"github.com/ingest-dev/ingest/devstore/fault"
)

// Liar changes what a successful answer says. An error stays what it is. Close it.
type Liar struct {
	http.ResponseWriter
	lie    fault.Lie
	op     fault.Op
	status int
	held   *bytes.Buffer // a body that is to be changed whole; nil if it passes as it is
}

// NewLiar returns a writer to w, of the answer to an operation, that tells the lie; fault.ErrorIn200 is none of its.
func NewLiar(w http.ResponseWriter, lie fault.Lie, op fault.Op) *Liar {
	return &Liar{ResponseWriter: w, lie: lie, op: op}
}

// WriteHeader changes the headers, and holds them back if the body is yet to be changed.
func (l *Liar) WriteHeader(status int) {
	if l.status != 0 {
		return
	}
	l.status = status
	if l.lie == "" || status >= http.StatusMultipleChoices {
		l.ResponseWriter.WriteHeader(status)
		return
	}
	l.changeHeader(l.Header())
	if l.holds() {
		l.held = new(bytes.Buffer)
		return
	}
	l.ResponseWriter.WriteHeader(status)
}

// holds reports whether the body is one that the lie is about.
func (l *Liar) holds() bool {
	switch l.op {
	case fault.BeginUpload, fault.ListParts, fault.CompleteUpload, fault.ListUploads:
		return true
	}
	return l.lie == fault.EmptyAnswer
}

// Write writes some of the body, or holds it back.
func (l *Liar) Write(p []byte) (int, error) {
	l.WriteHeader(http.StatusOK)
	switch {
	case l.held == nil:
		return l.ResponseWriter.Write(p)
	case l.lie == fault.EmptyAnswer:
		return len(p), nil
	}
	return l.held.Write(p)
}

// Close writes what was held back.
func (l *Liar) Close() {
	l.WriteHeader(http.StatusOK)
	if l.held == nil {
		return
	}
	if l.lie == fault.EmptyAnswer {
		clear(l.Header())
		l.ResponseWriter.WriteHeader(http.StatusOK)
		return
	}
	body := changeXML(l.lie, l.held.Bytes())
	l.Header().Set("Content-Length", strconv.Itoa(len(body)))
	l.ResponseWriter.WriteHeader(l.status)
	_, _ = l.ResponseWriter.Write(body) // the client is gone; there is nobody to tell
}
