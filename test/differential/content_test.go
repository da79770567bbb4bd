package differential

import (
	"bytes"
	"math/rand/v2"
	"sync"
)

// random is the bytes of versions 1 and 2 of a file, which have nothing in common.
var random = [2]func() []byte{
	sync.OnceValue(func() []byte { return draw(1) }), sync.OnceValue(func() []byte { return draw(2) }),
}

func draw(seed byte) []byte {
	data := make([]byte, long)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(data) // never fails
	return data
}

// content is what a file of that size and version holds. It is not to be changed.
func content(size, version int) []byte { return random[version-1]()[:size] }

// mixed reports whether data is made of whole parts of both versions.
func mixed(data []byte) bool {
	var seen [2]bool
	for at := 0; at < len(data); at += partSize {
		end := min(at+partSize, len(data))
		for v := range seen {
			if want := random[v](); end <= len(want) && bytes.Equal(data[at:end], want[at:end]) {
				seen[v] = true
			}
		}
	}
	return seen[0] && seen[1]
}
