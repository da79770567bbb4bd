package manifests

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/zeebo/xxh3"
)

// pass is one reading of a manifest from its first row to its last.
type pass struct {
	m       *Manifest
	stream  *stream
	text    io.Reader // what is read of it is in hash
	lines   *lines
	decoder decoder
	hash    *xxh3.Hasher
}

// begin starts a pass. Whoever begins one ends it.
func (m *Manifest) begin() (*pass, error) {
	if err := m.unchanged(); err != nil {
		return nil, err
	}
	s, err := m.stream()
	if err != nil {
		return nil, err
	}
	p := &pass{m: m, stream: s, hash: xxh3.New()}
	p.text = io.TeeReader(s, p.hash)
	p.lines = newLines(p.text)
	switch m.format {
	case JSONL:
		p.decoder = newJSONL(p.lines)
	case CSV:
		p.decoder = newCSV(p.lines)
	case List:
		p.decoder = list{p.lines}
	default:
		p.decoder = one{p.text}
	}
	return p, nil
}

func (p *pass) end() { p.stream.close() }

// next reads, completes and checks one row. The error is io.EOF after the last one, where e may still hold faults
// of what came behind it.
func (p *pass) next(ctx context.Context, e *entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := p.decoder.decode(e); err != nil {
		return p.ended(e, err)
	}
	if !e.broken {
		p.m.place.resolve(e)
		p.m.preset.apply(e)
		e.check()
	}
	return nil
}

// skip moves behind one row, as next does, and does no more with it than it must.
func (p *pass) skip(ctx context.Context, e *entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := p.decoder.pass(e); err != nil {
		return p.ended(e, err)
	}
	return nil
}

// ended says what a decoder's error means.
func (p *pass) ended(e *entry, err error) error {
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case p.stream.file.err != nil:
		return fmt.Errorf("read manifest %s: %w", p.m.name, err)
	}
	// The file was read well: it is what it holds that cannot be decompressed.
	e.faults = append(e.faults, Mistake{Line: p.lines.number + 1, Message: damage(err)})
	return io.EOF
}

// digest returns the checksum of the text that was read, of what format it was taken for, and of what the rows have
// by default.
func (p *pass) digest() [16]byte {
	_, _ = p.hash.WriteString(p.m.format.String())
	_, _ = p.hash.Write(p.m.preset.text)
	return p.hash.Sum128().Bytes()
}
