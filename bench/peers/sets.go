//go:build unix

package main

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// set is files to send, the same ones wherever they are made.
type set struct {
	name  string
	sizes []int64 // of the files
}

// The three kinds of data that a migration is made of.
func sets() []set {
	return []set{
		{"large", repeated(4, 1<<30)},
		{"small", repeated(20_000, 16<<10)},
		{"mixed", lognormal(2_000, 2<<30)},
	}
}

func repeated(n int, size int64) []int64 {
	sizes := make([]int64, n)
	for i := range sizes {
		sizes[i] = size
	}
	return sizes
}

// lognormal returns n sizes with a sigma of 2, of bytes in all: few files have most of them.
func lognormal(n int, bytes int64) []int64 {
	r := rand.New(rand.NewPCG(42, 0))
	weights, sum := make([]float64, n), 0.0
	for i := range weights {
		weights[i] = math.Exp(2 * r.NormFloat64())
		sum += weights[i]
	}
	sizes := make([]int64, n)
	for i, w := range weights {
		sizes[i] = int64(w / sum * float64(bytes))
	}
	return sizes
}

func (s set) bytes() (n int64) {
	for _, size := range s.sizes {
		n += size
	}
	return n
}

// perFolder is how many files a folder holds.
const perFolder = 100

// path is where the file i lies below the set's folder.
func (s set) path(i int) string {
	return filepath.Join(fmt.Sprintf("d%03d", i/perFolder), fmt.Sprintf("f%05d", i))
}

// lay makes the set's files below root, unless they are there, and its manifest beside them.
func (s set) lay(root string) error {
	list, err := os.Create(filepath.Join(root, s.name+".txt"))
	if err != nil {
		return err
	}
	w := bufio.NewWriter(list)
	random := rand.NewChaCha8([32]byte{42})
	for i, size := range s.sizes {
		fmt.Fprintln(w, filepath.Join(s.name, s.path(i)))
		if err := write(filepath.Join(root, s.name, s.path(i)), size, random); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return list.Close()
}

// write makes a file of random bytes, and leaves one of that size as it is.
func write(path string, size int64, random *rand.ChaCha8) error {
	if info, err := os.Stat(path); err == nil && info.Size() == size {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	buffer := make([]byte, min(size, 1<<20))
	for left := size; left > 0; left -= int64(len(buffer)) {
		buffer = buffer[:min(left, int64(len(buffer)))]
		_, _ = random.Read(buffer) // never fails
		if _, err := f.Write(buffer); err != nil {
			return err
		}
	}
	return f.Close()
}

// warm reads the files once, so that the first client does not find them elsewhere than the others do.
func (s set) warm(root string) error {
	for i := range s.sizes {
		f, err := os.Open(filepath.Join(root, s.name, s.path(i)))
		if err != nil {
			return err
		}
		if _, err := f.WriteTo(discard{}); err != nil {
			return err
		}
		f.Close()
	}
	return nil
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
