package manifests

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Mistake is one thing that is wrong with a manifest, and where.
type Mistake struct {
	File    string // the manifest's name
	Line    int64  // from 1; 0: the manifest as a whole
	Column  int64  // in bytes, from 1; 0: the line as a whole
	Message string // what is wrong, and what was expected
}

// String returns "file:line:column: message", without the parts that are not known.
func (m Mistake) String() string {
	var b strings.Builder
	b.WriteString(m.File)
	if m.Line > 0 {
		fmt.Fprintf(&b, ":%d", m.Line)
		if m.Column > 0 {
			fmt.Fprintf(&b, ":%d", m.Column)
		}
	}
	b.WriteString(": ")
	b.WriteString(m.Message)
	return b.String()
}

// Mistakes is the error of a manifest that is wrong. [Manifest.Check] returns all of them at once; errors.As
// finds it.
type Mistakes struct {
	List []Mistake // the first ones, by line and column
	More int64     // how many there are beyond the list
}

// Error gives one line for each mistake of the list, and one for those beyond it.
func (m *Mistakes) Error() string {
	lines := make([]string, 0, len(m.List)+1)
	for _, one := range m.List {
		lines = append(lines, one.String())
	}
	if m.More > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", m.More))
	}
	return strings.Join(lines, "\n")
}

// collector keeps the first mistakes of a stream and counts the rest.
type collector struct {
	limit int
	list  []Mistake
	more  int64
}

func (c *collector) add(m Mistake) {
	if len(c.list) < c.limit {
		c.list = append(c.list, m)
		return
	}
	c.more++
}

// merge adds mistakes that were found later but may stand earlier.
func (c *collector) merge(late []Mistake) {
	c.list = append(c.list, late...)
	c.sort()
	if over := len(c.list) - c.limit; over > 0 {
		c.list = c.list[:c.limit]
		c.more += int64(over)
	}
}

func (c *collector) sort() {
	slices.SortStableFunc(c.list, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// err returns what was collected, or nil.
func (c *collector) err() error {
	if len(c.list) == 0 && c.more == 0 {
		return nil
	}
	c.sort()
	return &Mistakes{List: c.list, More: c.more}
}

// clip shortens what a message quotes.
func clip(s string) string {
	most := 60
	if len(s) <= most {
		return fmt.Sprintf("%q", s)
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return fmt.Sprintf("%q...", s[:most])
}
