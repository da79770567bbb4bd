package manifests

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
)

// ErrChanged is returned when the manifest's file was changed after [Open]: written to, cut, or other bytes in it
// than [Manifest.Check] saw.
var ErrChanged = errors.New("the manifest was changed while it was read")

// Options say how a manifest is to be read. The zero value reads a file by its name.
type Options struct {
	Format  Format    // Auto: told by the name, or by a "{" in front
	Root    string    // where relative sources start; empty: the manifest's directory, for streams the working directory
	Prefix  string    // put in front of every key; "a" means "a/"
	Stdin   io.Reader // what the name "-" reads; nil: os.Stdin
	TempDir string    // for streams and for large checks; empty: os.TempDir()

	// Defaults has the properties of rows that do not state them: all that a row can state but its source, key, size
	// and checksum. Metadata, tags and callback variables are merged name by name. What a row states goes before. Nil:
	// none.
	//
	// They are part of what the manifest is: other defaults, and so another digest, make another job of it. Else a run
	// that is carried on with other flags would leave objects of both kinds, and nothing would tell which are which.
	Defaults *Row
}

func (o Options) withDefaults() Options {
	if o.Stdin == nil {
		o.Stdin = os.Stdin
	}
	if o.TempDir == "" {
		o.TempDir = os.TempDir()
	}
	return o
}

// Manifest is a manifest that is open for reading. Its methods may be called from several goroutines at once, but
// for Close, which ends the others' reading.
type Manifest struct {
	name    string
	format  Format
	place   place
	tempDir string
	preset  defaults

	content io.ReaderAt
	size    int64       // bytes of content, compressed as it is
	file    *os.File    // nil for a manifest in memory
	opened  os.FileInfo // of a file that is not ours alone, so that others may change it; else nil
	remove  func() error

	checked atomic.Pointer[Summary] // the last check that found nothing wrong
}

// Open opens the manifest at path; "-" is o.Stdin. What is no regular file (standard input, a pipe, a device) is
// first copied into a temporary file, mode 0600, which is gone after Close; that waits for the writer's end,
// however long it takes. The rows are not looked at yet.
//
// It fails with [ErrDefaults] if o.Defaults are not sound, with [ErrFormat] if it cannot tell the format, and with
// *[Mistakes] if the bytes are no text at all.
func Open(path string, o Options) (*Manifest, error) {
	o = o.withDefaults()
	preset, err := newDefaults(o.Defaults)
	if err != nil {
		return nil, err
	}
	m := &Manifest{name: path, format: o.Format, tempDir: o.TempDir, preset: preset}
	if err := m.open(path, &o); err != nil {
		return nil, fmt.Errorf("open manifest: %w", err)
	}
	if err := m.settle(o); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// Single returns a manifest of one row: source, relative to the working directory, under key. An empty key means
// the source's base name.
func Single(source, key string) *Manifest {
	if key == "" {
		key = filepath.ToSlash(filepath.Base(source))
	}
	content := []byte(source + "\x00" + key)
	m := &Manifest{name: source, format: single, content: bytes.NewReader(content), size: int64(len(content))}
	m.place.root, m.place.base = ".", ""
	if place, err := placeOf(".", ""); err == nil {
		m.place = place
	}
	return m
}

// SingleWith is Single, with the properties that p has: see [Options].Defaults. It fails with [ErrDefaults].
func SingleWith(source, key string, p *Row) (*Manifest, error) {
	m := Single(source, key)
	var err error
	m.preset, err = newDefaults(p)
	return m, err
}

// open finds the content, and sets the root that goes with it if none is stated.
func (m *Manifest) open(path string, o *Options) error {
	if path == "-" {
		m.name = "stdin"
		o.Root = cmp.Or(o.Root, ".")
		return m.spool(o.Stdin)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		return errors.Join(err, f.Close())
	case info.IsDir():
		return errors.Join(fmt.Errorf("%s is a directory", path), f.Close())
	case !info.Mode().IsRegular():
		o.Root = cmp.Or(o.Root, ".")
		return errors.Join(m.spool(f), f.Close())
	}
	o.Root = cmp.Or(o.Root, filepath.Dir(path))
	m.file, m.content, m.size, m.opened = f, f, info.Size(), info
	return nil
}

// settle decides what depends on the content: where the rows start and how they are written.
func (m *Manifest) settle(o Options) (err error) {
	if m.place, err = placeOf(o.Root, o.Prefix); err != nil {
		return fmt.Errorf("find the root of manifest %s: %w", m.name, err)
	}
	if m.format == Auto {
		m.format = formatOfName(m.name)
	}
	head, err := m.head()
	if err != nil {
		return err
	}
	if m.format == Auto && bytes.HasPrefix(head, []byte("{")) {
		m.format = JSONL
	}
	if m.format < JSONL || m.format > List {
		return fmt.Errorf("tell the format of manifest %s: %w", m.name, ErrFormat)
	}
	return nil
}

// head returns the first bytes of the text, without blanks and a byte order mark.
func (m *Manifest) head() ([]byte, error) {
	s, err := m.stream()
	if err != nil {
		return nil, err
	}
	defer s.close()
	head := make([]byte, 512)
	// An error is met again, and better explained, when the rows are read.
	n, _ := io.ReadFull(s, head)
	head = head[:n]
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return nil, &Mistakes{List: []Mistake{{File: m.name, Line: 1, Column: 1,
			Message: "the manifest is UTF-16: save it as UTF-8"}}}
	}
	return bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n"), nil
}

// Root returns the directory, absolute, in which relative sources start.
func (m *Manifest) Root() string { return m.place.root }

// Name returns the name that mistakes begin with: the path that was opened, or "stdin".
func (m *Manifest) Name() string { return m.name }

// Format returns how the manifest is written.
func (m *Manifest) Format() Format { return m.format }

// Close closes the manifest and drops its temporary file.
func (m *Manifest) Close() error {
	var errs []error
	if m.file != nil {
		errs = append(errs, m.file.Close())
	}
	if m.remove != nil {
		errs = append(errs, m.remove())
	}
	m.file, m.remove = nil, nil
	return errors.Join(errs...)
}

// unchanged asks the system whether the file is still as it was at Open.
func (m *Manifest) unchanged() error {
	if m.opened == nil {
		return nil
	}
	now, err := m.file.Stat()
	if err != nil {
		return fmt.Errorf("read manifest %s: %w", m.name, err)
	}
	if now.Size() != m.opened.Size() || !now.ModTime().Equal(m.opened.ModTime()) {
		return fmt.Errorf("read manifest %s: %w", m.name, ErrChanged)
	}
	return nil
}
