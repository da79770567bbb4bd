package manifests

import (
	"bytes"
	"context"
	"io"
	"strings"
)

// Recall says what an earlier [Manifest.Check], by the same rules, has found in order.
type Recall struct {
	// Known returns whether the text of that manifest had this digest: see [Summary].
	Known func(digest [16]byte) bool

	Rows int64 // that the check counted

	// Names are the last elements of paths that no row may have as its source, whatever the check was told. A text in
	// which one of them stands anywhere is not recalled.
	Names []string
}

// Recall confirms that the manifest is the one that an earlier check has found in order, so that it need not be checked
// again: it reads the text, at the speed of memory, and decodes nothing of it. If it returns true, the rows are those of
// a checked manifest, and the summary has everything but the sizes: Bytes and Sized are 0. If it returns false, for
// whatever reason, nothing is known, and Check will tell.
func (m *Manifest) Recall(ctx context.Context, r Recall) (Summary, bool) {
	p, err := m.begin()
	if err != nil {
		return Summary{}, false
	}
	defer p.end()
	if !p.without(ctx, newMentions(m.format, r.Names)) {
		return Summary{}, false
	}
	s := Summary{Rows: r.Rows, Digest: p.digest()}
	if !r.Known(s.Digest) || m.unchanged() != nil {
		return Summary{}, false
	}
	m.checked.Store(&s)
	return s, true
}

// without reads the text to its end, and returns whether it could be read and nothing was mentioned in it.
func (p *pass) without(ctx context.Context, names *mentions) bool {
	block := make([]byte, max(1<<20, 2*names.longest))
	kept := 0
	for ctx.Err() == nil {
		n, err := p.text.Read(block[kept:])
		text := block[:kept+n]
		if names.in(text) {
			return false
		}
		if err != nil {
			return err == io.EOF
		}
		kept = copy(block, text[max(0, len(text)-names.longest):])
	}
	return false
}

// mentions finds names in a text, however its format may write them. It may find one too many, never one too few.
type mentions struct {
	names   [][]byte
	longest int  // bytes that must be seen at once
	ascii   bool // all names are
	json    bool // so that any character may be written as \uXXXX
	hidden  bool // a name can be written in ways that are not looked for
}

func newMentions(f Format, names []string) *mentions {
	m := &mentions{longest: len(`\u0000`), ascii: true, json: f == JSONL && len(names) > 0}
	for _, name := range names {
		m.names = append(m.names, []byte(name))
		m.longest = max(m.longest, len(name))
		m.hidden = m.hidden || strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c == '"' || c == '\\' })
		m.ascii = m.ascii && !strings.ContainsFunc(name, func(c rune) bool { return c > '~' })
	}
	return m
}

func (m *mentions) in(text []byte) bool {
	if m.hidden || m.json && m.escaped(text) {
		return true
	}
	for _, name := range m.names {
		if bytes.Contains(text, name) {
			return true
		}
	}
	return false
}

// escaped reports whether a character stands in a JSON text as its number that a name may have. Names in ASCII have
// nothing to do with the others, which some programs write so throughout.
func (m *mentions) escaped(text []byte) bool {
	if !m.ascii {
		return bytes.Contains(text, []byte(`\u`))
	}
	for {
		_, rest, found := bytes.Cut(text, []byte(`\u00`))
		if !found || len(rest) == 0 {
			return false
		}
		if rest[0] < '8' {
			return true
		}
		text = rest
	}
}
