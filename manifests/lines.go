package manifests

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// maxLine is the longest line of a manifest in bytes, without its line break. It holds the largest sound row
// several times over, and bounds the buffer that an unsound one can ask for.
const maxLine = 1 << 20

// Why a line cannot be read; the lines after it can.
var (
	errTooLong = errors.New("the line is longer than 1 MiB")
	errNUL     = errors.New("the line holds a NUL byte")
	errUTF8    = errors.New("the line is not UTF-8")
)

// lines reads a text line by line in constant memory.
type lines struct {
	in     *bufio.Reader
	number int64 // of the line last returned, from 1
}

func newLines(r io.Reader) *lines {
	return &lines{in: bufio.NewReaderSize(r, maxLine+len("\r\n"))}
}

// next returns the next line that is not blank, without its line break; it is valid until the next call. bad is why a
// line cannot be used, and column where, from 1; err is io.EOF after the last line.
func (l *lines) next() (line []byte, column int64, bad, err error) {
	line, long, err := l.pass()
	switch {
	case err != nil:
		return nil, 0, nil, err
	case long:
		return nil, 0, errTooLong, nil
	}
	column, bad = flaw(line)
	return line, column, bad, nil
}

// pass is next for whoever does not ask what is in the line: it is not looked at. Of one that is too long nothing is
// returned. A blank line is one of spaces and tabs.
func (l *lines) pass() (line []byte, long bool, err error) {
	for {
		line, err = l.in.ReadSlice('\n')
		if err == io.EOF && len(line) == 0 {
			return nil, false, io.EOF
		}
		full := errors.Is(err, bufio.ErrBufferFull)
		if err != nil && err != io.EOF && !full {
			return nil, false, err
		}
		l.number++
		if full {
			return nil, true, l.skip()
		}
		line = l.trim(line)
		if len(line) > maxLine {
			return nil, true, nil
		}
		if !blank(line) {
			return line, false, nil
		}
	}
}

// trim takes off the line break, and a byte order mark from the first line.
func (l *lines) trim(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if l.number == 1 {
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	return line
}

// skip drops the rest of a line that does not fit the buffer.
func (l *lines) skip() error {
	for {
		switch _, err := l.in.ReadSlice('\n'); {
		case err == nil || err == io.EOF:
			return nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
}

func blank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' {
			return false
		}
	}
	return true
}

// flaw finds the first byte that no manifest may hold, and says at which column.
func flaw(line []byte) (column int64, bad error) {
	if i := bytes.IndexByte(line, 0); i >= 0 {
		return int64(i) + 1, errNUL
	}
	if utf8.Valid(line) {
		return 0, nil
	}
	at := 0
	for at < len(line) {
		r, n := utf8.DecodeRune(line[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return int64(at) + 1, errUTF8
}
