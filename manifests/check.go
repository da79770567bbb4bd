package manifests

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
)

// Check says what a manifest is checked for beyond its own rules.
type Check struct {
	// Row returns why the store would refuse a row, or nil. It is asked for rows that have no other mistake, and
	// may not keep the row. Nil: not asked.
	Row func(*Row) error

	// Limit is how many mistakes are listed; the others are counted. 0: 100, about two screens.
	Limit int
}

func (c Check) withDefaults() Check {
	if c.Row == nil {
		c.Row = func(*Row) error { return nil }
	}
	if c.Limit <= 0 {
		c.Limit = 100
	}
	return c
}

// Summary is what a check learned of a manifest.
type Summary struct {
	Rows   int64
	Bytes  int64    // of all stated sizes; at most 2^63-1
	Sized  int64    // rows that state a size
	Digest [16]byte // XXH3-128 of the text, decompressed, and the format's name and the defaults behind it
}

// Check reads the whole manifest and returns every mistake in it as *[Mistakes]: what cannot be parsed, fields that
// break a rule, what c.Row says, keys that two rows share, no rows at all. Keys are compared as bytes, with the
// prefix in front. Other errors are those of reading and of ctx, and [ErrChanged].
//
// It takes one pass, and a second one if keys look equal. A key costs 16 bytes of memory up to two million rows and
// 12 bytes of a temporary file beyond; 100 million rows were measured to take 125 MiB, all told.
func (m *Manifest) Check(ctx context.Context, c Check) (Summary, error) {
	c = c.withDefaults()
	k := &checker{m: m, rule: c.Row, found: collector{limit: c.Limit}, keys: newTwins(m.tempDir)}
	defer k.keys.close()
	if err := k.read(ctx); err != nil {
		return Summary{}, err
	}
	if err := k.compareKeys(ctx); err != nil {
		return Summary{}, err
	}
	if err := m.unchanged(); err != nil {
		return Summary{}, err
	}
	if err := k.found.err(); err != nil {
		return k.summary, err
	}
	m.checked.Store(&k.summary)
	return k.summary, nil
}

// checker is one check under way.
type checker struct {
	m       *Manifest
	rule    func(*Row) error
	found   collector
	keys    *twins
	summary Summary
}

// read is the first pass: all mistakes but those that need two rows.
func (k *checker) read(ctx context.Context) error {
	p, err := k.m.begin()
	if err != nil {
		return err
	}
	defer p.end()
	var e entry
	for {
		err := p.next(ctx, &e)
		k.report(&e)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if e.row.Number > math.MaxUint32 {
			k.found.add(Mistake{File: k.m.name, Line: e.row.Line, Message: "more than 4,294,967,295 rows"})
			break
		}
		if err := k.row(&e); err != nil {
			return err
		}
	}
	k.summary.Digest = p.digest()
	if k.summary.Rows == 0 && k.found.err() == nil {
		k.found.add(Mistake{File: k.m.name, Message: "no rows"})
	}
	return nil
}

// report moves the faults of a row to the mistakes.
func (k *checker) report(e *entry) {
	for _, f := range e.faults {
		f.File = k.m.name
		k.found.add(f)
	}
}

// row counts a row, asks the store's rule, and remembers the key.
func (k *checker) row(e *entry) error {
	r := &e.row
	k.summary.Rows++
	if r.Size >= 0 {
		k.summary.Sized++
		k.summary.Bytes += min(r.Size, math.MaxInt64-k.summary.Bytes)
	}
	if len(e.faults) == 0 {
		if err := k.rule(r); err != nil {
			k.found.add(Mistake{File: k.m.name, Line: r.Line, Message: err.Error()})
		}
	}
	if e.broken || r.Key == "" {
		return nil
	}
	if err := k.keys.add(r.Key, uint32(r.Number)); err != nil {
		return fmt.Errorf("check the keys of manifest %s: %w", k.m.name, err)
	}
	return nil
}
