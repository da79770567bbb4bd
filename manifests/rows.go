package manifests

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
)

// Rows yields the rows in order. A row is valid until the next one: [Row.Clone] keeps it. The first error is the
// last thing that is yielded, without a row:
//
//   - *[Mistakes], if a row is wrong, which cannot be after a [Manifest.Check] that found nothing;
//   - [ErrChanged], if the file was changed: before the first row if its size or its time differ from those at
//     Open, else behind the last one, where the bytes are also compared with those that Check saw;
//   - that of ctx, or of reading the file.
//
// Each call reads from the first row.
func (m *Manifest) Rows(ctx context.Context) iter.Seq2[*Row, error] { return m.RowsBut(ctx, nil) }

// RowsBut is [Manifest.Rows] of a manifest that was checked, without the rows for which skip returns true. It is asked
// once for each number, in order, and perhaps for the one behind the last row. A row that is left out is not decoded.
// Nil leaves out none.
func (m *Manifest) RowsBut(ctx context.Context, skip func(number int64) bool) iter.Seq2[*Row, error] {
	return func(yield func(*Row, error) bool) {
		p, err := m.begin()
		if err != nil {
			yield(nil, err)
			return
		}
		defer p.end()
		if err := p.each(ctx, skip, yield); err != nil {
			yield(nil, err)
		}
	}
}

// each yields rows until something is wrong or the caller has had enough.
func (p *pass) each(ctx context.Context, skip func(int64) bool, yield func(*Row, error) bool) error {
	var e entry
	for {
		read, left := p.next, skip != nil && skip(e.row.Number+1)
		if left {
			read = p.skip
		}
		err := read(ctx, &e)
		if len(e.faults) > 0 {
			return p.wrong(&e)
		}
		if errors.Is(err, io.EOF) {
			return p.same()
		}
		if err != nil {
			return err
		}
		if !left && !yield(&e.row, nil) {
			return nil
		}
	}
}

// wrong returns the faults of one row as an error.
func (p *pass) wrong(e *entry) error {
	found := collector{limit: len(e.faults)}
	for _, f := range e.faults {
		f.File = p.m.name
		found.add(f)
	}
	return found.err()
}

// same reports, at the end of a pass, whether it read what was there at Open and at Check.
func (p *pass) same() error {
	if err := p.m.unchanged(); err != nil {
		return err
	}
	if checked := p.m.checked.Load(); checked != nil && checked.Digest != p.digest() {
		return fmt.Errorf("read manifest %s: %w", p.m.name, ErrChanged)
	}
	return nil
}
