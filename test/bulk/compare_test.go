package bulk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"
)

const (
	readers  = 4
	mistakes = 10 // that are told; a broken store would have thousands
)

func (m *move) everyObjectIsItsSource() {
	m.Helper()
	var wrong atomic.Int64
	m.each(func(r row, c *comparison) {
		if err := m.isItsSource(r, c); err != nil && wrong.Add(1) <= mistakes {
			m.Errorf("%s: %v", r.Key, err)
		}
	})
	if n := wrong.Load(); n > 0 {
		m.Errorf("%d of %d objects are not their sources", n, len(m.rows))
	}
}

// each does something with every row, several at a time.
func (m *move) each(do func(row, *comparison)) {
	queue := make(chan row)
	var work sync.WaitGroup
	for range readers {
		work.Go(func() {
			c := new(comparison)
			for r := range queue {
				do(r, c)
			}
		})
	}
	for _, r := range m.rows {
		queue <- r
	}
	close(queue)
	work.Wait()
}

func (m *move) isItsSource(r row, c *comparison) error {
	source, err := os.Open(r.Source)
	if err != nil {
		return err
	}
	defer source.Close()
	object, err := m.open(m.Context(), m.prefix+r.Key)
	if err != nil {
		return err
	}
	return errors.Join(c.same(source, object), object.Close())
}

// comparison compares streams of any length in the memory that it has.
type comparison struct{ want, got [256 << 10]byte }

func (c *comparison) same(source, object io.Reader) error {
	for at := int64(0); ; at += int64(len(c.want)) {
		want, sourceErr := io.ReadFull(source, c.want[:])
		got, objectErr := io.ReadFull(object, c.got[:])
		if err := errors.Join(unlessEnd(sourceErr), unlessEnd(objectErr)); err != nil {
			return err
		}
		if !bytes.Equal(c.want[:want], c.got[:got]) {
			return fmt.Errorf("differs from its source after byte %d, or in length: %d bytes there, want %d", at, got, want)
		}
		if want < len(c.want) {
			return nil
		}
	}
}

func unlessEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// nothingElseIsThere wants the store to list the job's keys and no other.
func (m *move) nothingElseIsThere() {
	m.Helper()
	got, err := m.keys(m.Context())
	if err != nil {
		m.Fatal(err)
	}
	want := make([]string, len(m.rows))
	for i, r := range m.rows {
		want[i] = m.prefix + r.Key
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		m.Errorf("the store lists %d keys, which are not the %d of the job", len(got), len(want))
	}
}

func (m *move) noUploadIsOpen() {
	m.Helper()
	open, err := m.uploads(m.Context())
	if err != nil {
		m.Fatal(err)
	}
	if len(open) > 0 {
		m.Errorf("left open: %q", open)
	}
}
