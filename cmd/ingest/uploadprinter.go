package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf8"
)

// uploadPrinter writes uploads for whoever reads stdout.
type uploadPrinter interface {
	print(u openUpload) error
	flush() error
}

// newUploadPrinter writes JSON lines if they are wanted, else a table on a terminal, else fields between tabs.
func newUploadPrinter(w io.Writer, asJSON, parts bool) uploadPrinter {
	switch {
	case asJSON:
		return &uploadLines{bufio.NewWriter(w)}
	case isTerminal(w):
		return newTable(w, parts, time.Now())
	}
	return &uploadFields{bufio.NewWriter(w), parts}
}

// uploadLines writes a JSON object a line. What is not known is left out.
type uploadLines struct{ *bufio.Writer }

func (p *uploadLines) print(u openUpload) error {
	line := struct {
		Key   string     `json:"key"`
		ID    string     `json:"upload_id"`
		Begun *time.Time `json:"begun,omitempty"`
		Row   int64      `json:"row,omitempty"`
		Parts *int       `json:"parts,omitempty"`
		Bytes *int64     `json:"bytes,omitempty"`
	}{Key: u.Key, ID: u.ID, Row: u.row}
	if begun := u.Begun.UTC(); !u.Begun.IsZero() {
		line.Begun = &begun
	}
	if u.parts >= 0 {
		line.Parts, line.Bytes = &u.parts, &u.bytes
	}
	enc := json.NewEncoder(p)
	enc.SetEscapeHTML(false)
	return enc.Encode(line)
}

func (p *uploadLines) flush() error { return p.Flush() }

// uploadFields writes key, id, time, parts and bytes between tabs, without a header, for cut and awk.
type uploadFields struct {
	*bufio.Writer
	parts bool
}

func (p *uploadFields) print(u openUpload) error {
	fields := []string{safe(u.Key), safe(u.ID), "-"}
	if !u.Begun.IsZero() {
		fields[2] = u.Begun.UTC().Format(time.RFC3339)
	}
	if p.parts {
		fields = append(fields, strconv.Itoa(u.parts), strconv.FormatInt(u.bytes, 10))
	}
	_, err := p.WriteString(strings.Join(fields, "\t") + "\n")
	return err
}

func (p *uploadFields) flush() error { return p.Flush() }

// uploadTable writes aligned columns for a person.
type uploadTable struct {
	w     *tabwriter.Writer
	parts bool
	now   time.Time
	lines int
}

func newTable(w io.Writer, parts bool, now time.Time) *uploadTable {
	return &uploadTable{w: tabwriter.NewWriter(w, 0, 0, 2, ' ', 0), parts: parts, now: now}
}

// tableLines is how many lines are aligned with each other: a long list is not held back until its end.
const tableLines = 1000

func (p *uploadTable) print(u openUpload) error {
	if p.lines%tableLines == 0 {
		if err := p.head(); err != nil {
			return err
		}
	}
	p.lines++
	line := safe(u.Key) + "\t" + safe(u.ID) + "\t" + humanAge(u.Begun, p.now)
	switch {
	case p.parts && u.parts < 0:
		line += "\t-\t-"
	case p.parts:
		line += fmt.Sprintf("\t%s\t%s", humanCount(int64(u.parts)), humanBytes(u.bytes))
	}
	_, err := io.WriteString(p.w, line+"\n")
	return err
}

func (p *uploadTable) head() error {
	if err := p.w.Flush(); err != nil {
		return err
	}
	head := "KEY\tUPLOAD\tAGE"
	if p.parts {
		head += "\tPARTS\tSIZE"
	}
	_, err := io.WriteString(p.w, head+"\n")
	return err
}

func (p *uploadTable) flush() error { return p.w.Flush() }

// humanAge is how long ago something was, in its two largest units.
func humanAge(then, now time.Time) string {
	if then.IsZero() {
		return "-"
	}
	switch age := max(0, now.Sub(then)); {
	case age < time.Minute:
		return fmt.Sprintf("%ds", age/time.Second)
	case age < time.Hour:
		return fmt.Sprintf("%dm", age/time.Minute)
	case age < 24*time.Hour:
		return fmt.Sprintf("%dh%02dm", age/time.Hour, age%time.Hour/time.Minute)
	default:
		return fmt.Sprintf("%dd%02dh", age/(24*time.Hour), age%(24*time.Hour)/time.Hour)
	}
}

// safe is a store's text for a terminal and for a line of fields: as it is if it is printable, else quoted.
func safe(s string) string {
	odd := strings.HasPrefix(s, `"`) || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
	if odd {
		return strconv.Quote(s)
	}
	return s
}
