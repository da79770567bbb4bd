package bulk

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// directory reads a store that is one, with nothing but package os.
type directory string

// staging is where the store keeps what is not finished; it goes when it is empty.
const staging = ".ingest"

func (d directory) open(_ context.Context, key string) (io.ReadCloser, error) {
	return os.Open(filepath.Join(string(d), filepath.FromSlash(key)))
}

func (d directory) keys(context.Context) ([]string, error) {
	return d.files(func(path string) bool { return !staged(path) })
}

func (d directory) uploads(context.Context) ([]string, error) { return d.files(staged) }

func staged(path string) bool { return path == staging || strings.HasPrefix(path, staging+"/") }

// files returns the paths below the directory that are wanted, of all that is no folder but the staging folder.
func (d directory) files(wanted func(path string) bool) ([]string, error) {
	var paths []string
	root := os.DirFS(string(d))
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && wanted(path) && (!entry.IsDir() || path == staging) {
			paths = append(paths, path)
		}
		return err
	})
	return paths, err
}
