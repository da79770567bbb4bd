package lab

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Source is a file that is to be stored. What it holds follows from the lab's seed, its name and its size.
type Source struct {
	Name string // its path below the lab's folder of sources, and its key below a trial's prefix
	Size int
}

// Content is what a source holds.
func (l *Lab) Content(s Source) []byte {
	data := make([]byte, s.Size)
	_, _ = rand.NewChaCha8([32]byte(fmt.Appendf(nil, "%-32.32s", fmt.Sprint(s.Name, " ", l.Seed)))).Read(data) // never fails
	return data
}

func (l *Lab) makeSources(sizes []int) {
	l.Helper()
	l.Folder = l.TempDir()
	for i, size := range sizes {
		s := Source{Name: fmt.Sprintf("f%05d", i), Size: size}
		if err := os.WriteFile(filepath.Join(l.Folder, s.Name), l.Content(s), 0o600); err != nil {
			l.Fatal(err)
		}
		l.Sources = append(l.Sources, s)
	}
}

// Sizes draws n sizes from nothing to most bytes, every fourth of them large and the others a 16th of that at most.
func Sizes(r *rand.Rand, n, most int) []int {
	sizes := make([]int, n)
	for i := range sizes {
		limit := most / 16
		if i%4 == 0 {
			limit = most
		}
		sizes[i] = r.IntN(limit + 1)
	}
	return sizes
}

// Corners are the sizes around which something goes wrong, for parts of that size.
func Corners(part int) []int {
	return []int{0, 1, part - 1, part, part + 1, 3*part + 7, 5 * part, part / 2}
}
