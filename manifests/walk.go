package manifests

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// WalkOptions say which files of a directory [Walk] lists. The zero value lists every regular file.
//
// A pattern is held against the slash path below the directory, each segment as in path.Match; "**" stands for any
// number of segments. "*.csv" is the top directory's, "**/*.csv" everybody's.
type WalkOptions struct {
	Include []string // files that match none of these are left out; empty: all are in
	Exclude []string // files and whole directories that match one of these are left out

	// FollowSymlinks lists what symbolic links point to, under the link's name. A link that leads back to a
	// directory it stands in is an error.
	FollowSymlinks bool

	// Absolute writes absolute sources and explicit keys, so that the manifest works from any root.
	Absolute bool

	// Special is told what is not listed though no pattern says so, and why, in the order of the walk: "symlink",
	// "fifo", "socket", "device", "irregular", "vanished", "output" (the file that is being written) or, as part
	// of Walk's error, "unreadable", "cycle", "not UTF-8". Nil: not told.
	Special func(path, kind string)
}

// maxWalkErrors is how many errors of a walk are kept; the others are counted.
const maxWalkErrors = 100

// Walk writes a manifest of the directory dir to w as JSON lines: each regular file with its size, sources relative
// to dir, which is to be the root when the manifest is read. The lines are in the byte order of the sources,
// whatever the file system's. If w is an *os.File that lies in dir itself, it is left out.
//
// Memory is that of the names in one directory and in those above it, about 50 bytes and the name for each entry:
// sorting needs them all.
//
// What cannot be listed (a directory that cannot be read, a link in a circle, a name that is not UTF-8) does not
// stop the walk; it is returned as an error in the end, when everything else is written. The summary has no digest.
func Walk(ctx context.Context, dir string, w io.Writer, o WalkOptions) (Summary, error) {
	k, err := newWalker(dir, w, o)
	if err != nil {
		return Summary{}, fmt.Errorf("walk %s: %w", dir, err)
	}
	err = errors.Join(k.directory(ctx, ""), k.out.Flush(), k.failures())
	if err != nil {
		err = fmt.Errorf("walk %s: %w", dir, err)
	}
	return k.summary, err
}

// walker is one walk under way.
type walker struct {
	o                WalkOptions
	root             string
	include, exclude []glob

	out     *Writer
	output  os.FileInfo   // the file being written, if it is one
	above   []os.FileInfo // the directories around the current place; only when links are followed
	summary Summary
	errs    []error
	more    int // errors beyond errs
}

func newWalker(dir string, w io.Writer, o WalkOptions) (k *walker, err error) {
	k = &walker{o: o, root: dir, out: NewWriter(w)}
	if k.include, err = parseGlobs(o.Include); err != nil {
		return nil, err
	}
	if k.exclude, err = parseGlobs(o.Exclude); err != nil {
		return nil, err
	}
	if o.Absolute {
		if k.root, err = filepath.Abs(dir); err != nil {
			return nil, err
		}
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = errors.New("not a directory")
	}
	if f, ok := w.(*os.File); ok && err == nil {
		k.output, err = f.Stat()
	}
	return k, err
}

// directory writes what is below a directory; below is its slash path, empty or with a slash behind it. The error
// is final.
func (k *walker) directory(ctx context.Context, below string) error {
	leave, ok := k.enter(below)
	if !ok {
		return nil
	}
	defer leave()
	entries, err := k.list(ctx, below)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		k.fail(below, "unreadable", err)
	}
	for _, e := range entries {
		if err := k.visit(ctx, below+e.name, e.kind); err != nil {
			return err
		}
	}
	return nil
}

// enter remembers a directory as one of those above, unless it is there already: that would be a circle.
func (k *walker) enter(below string) (leave func(), ok bool) {
	if !k.o.FollowSymlinks {
		return func() {}, true
	}
	info, err := os.Stat(k.path(below))
	if err != nil {
		k.fail(below, "unreadable", err)
		return nil, false
	}
	for _, a := range k.above {
		if os.SameFile(a, info) {
			k.fail(below, "cycle", fmt.Errorf("%s leads back to a directory it stands in", k.path(below)))
			return nil, false
		}
	}
	k.above = append(k.above, info)
	return func() { k.above = k.above[:len(k.above)-1] }, true
}

// visit deals with one entry. The name of a directory ends with a slash.
func (k *walker) visit(ctx context.Context, name string, kind fs.FileMode) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	bare := strings.TrimSuffix(name, "/")
	if matchAny(k.exclude, bare) {
		return nil
	}
	if !kind.IsDir() && len(k.include) > 0 && !matchAny(k.include, bare) {
		return nil
	}
	if !utf8.ValidString(name) {
		k.fail(name, "not UTF-8", fmt.Errorf("%q: %w", k.path(name), errUTF8Text))
		return nil
	}
	switch {
	case kind.IsDir():
		return k.directory(ctx, name)
	case kind.IsRegular():
		return k.file(name)
	case k.o.FollowSymlinks && kind&fs.ModeSymlink != 0:
		_, err := os.Stat(k.path(name))
		k.fail(name, "unreadable", err)
		return nil
	}
	k.special(name, specialKind(kind))
	return nil
}

// file writes the row of a regular file.
func (k *walker) file(name string) error {
	info, err := k.stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		k.special(name, "vanished")
		return nil
	case err != nil:
		k.fail(name, "unreadable", err)
		return nil
	case !info.Mode().IsRegular():
		k.special(name, specialKind(info.Mode()))
		return nil
	case k.output != nil && os.SameFile(k.output, info):
		k.special(name, "output")
		return nil
	}
	k.summary.Rows++
	k.summary.Sized++
	k.summary.Bytes += info.Size()
	r := Row{Source: name, Size: info.Size()}
	if k.o.Absolute {
		r.Source, r.Key = k.path(name), name
	}
	return k.out.Write(&r)
}

// path returns where a slash path below the root is.
func (k *walker) path(name string) string { return filepath.Join(k.root, filepath.FromSlash(name)) }

func (k *walker) stat(name string) (os.FileInfo, error) {
	if k.o.FollowSymlinks {
		return os.Stat(k.path(name))
	}
	return os.Lstat(k.path(name))
}

func (k *walker) special(name, kind string) {
	if k.o.Special != nil {
		k.o.Special(k.path(name), kind)
	}
}

// fail reports what should have been listed and cannot be.
func (k *walker) fail(name, kind string, err error) {
	k.special(name, kind)
	if len(k.errs) < maxWalkErrors {
		k.errs = append(k.errs, err)
		return
	}
	k.more++
}

func (k *walker) failures() error {
	if k.more > 0 {
		k.errs = append(k.errs, fmt.Errorf("and %d more", k.more))
	}
	return errors.Join(k.errs...)
}
