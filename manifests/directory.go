package manifests

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// listed is an entry of a directory. The name of a directory ends with a slash, which is what makes the order of
// the names that of the paths below them: "a.txt" comes before "a/b", though "a" comes before "a.txt".
type listed struct {
	name string
	kind fs.FileMode // the type bits
}

// list returns the entries of a directory in the order of their paths. With an error come those that could be read.
func (k *walker) list(ctx context.Context, below string) (entries []listed, err error) {
	f, err := os.Open(k.path(below))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for err == nil && ctx.Err() == nil {
		var batch []fs.DirEntry
		batch, err = f.ReadDir(1024)
		for _, d := range batch {
			entries = k.keep(entries, below, d)
		}
	}
	slices.SortFunc(entries, func(a, b listed) int { return strings.Compare(a.name, b.name) })
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return entries, err
}

// keep appends an entry, or what it points to if links are followed.
func (k *walker) keep(entries []listed, below string, d fs.DirEntry) []listed {
	e := listed{name: d.Name(), kind: d.Type()}
	if k.o.FollowSymlinks && e.kind&fs.ModeSymlink != 0 {
		// A link that leads nowhere stays one, for visit to report.
		if info, err := os.Stat(k.path(below + e.name)); err == nil {
			e.kind = info.Mode().Type()
		}
	}
	if e.kind.IsDir() {
		e.name += "/"
	}
	return append(entries, e)
}

func specialKind(m fs.FileMode) string {
	switch {
	case m&fs.ModeSymlink != 0:
		return "symlink"
	case m&fs.ModeNamedPipe != 0:
		return "fifo"
	case m&fs.ModeSocket != 0:
		return "socket"
	case m&(fs.ModeDevice|fs.ModeCharDevice) != 0:
		return "device"
	}
	return "irregular"
}
