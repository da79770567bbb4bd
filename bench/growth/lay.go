//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// perFolder is how many names a folder holds.
const perFolder = 100

// path is the name of file i, below the data's folder.
func (k *kind) path(i int) string {
	return filepath.Join(k.name, fmt.Sprintf("d%05d", i/perFolder), fmt.Sprintf("f%07d", i))
}

// manifest is the list of the first n files.
func (k *kind) manifest(data string, n int) string {
	return filepath.Join(data, fmt.Sprintf("%s-%d.txt", k.name, n))
}

// lay makes the files, their links and the lists of them. What is there stays.
func (k *kind) lay(data string) error {
	for i := range slices.Max(k.sizes) {
		if err := k.put(data, i); err != nil && !k.there(data, i, err) {
			return err
		}
	}
	for _, n := range k.sizes {
		if err := k.list(k.manifest(data, n), n); err != nil {
			return err
		}
	}
	return nil
}

// there reports whether a file could not be made because it is there, and whole: whoever was stopped has left half of one.
func (k *kind) there(data string, i int, err error) bool {
	if !errors.Is(err, fs.ErrExist) {
		return false
	}
	info, err := os.Stat(filepath.Join(data, k.path(i)))
	return err == nil && info.Size() == k.file
}

// put makes file i: of bytes, or as a link to one that is.
func (k *kind) put(data string, i int) error {
	path := filepath.Join(data, k.path(i))
	if i%perFolder == 0 {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
	}
	if i >= k.files {
		return os.Link(filepath.Join(data, k.path(i%k.files)), path)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	random := rand.NewChaCha8([32]byte{byte(i)})
	block := make([]byte, min(k.file, 1<<20))
	for range k.file / int64(len(block)) {
		_, _ = random.Read(block) // never fails
		if _, err := f.Write(block); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return f.Close()
}

func (k *kind) list(path string, n int) error {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintln(&b, k.path(i))
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}
