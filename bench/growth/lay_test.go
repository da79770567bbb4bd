//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The data is kept: what a stopped program has left of a file would be measured for ever.
func TestHalfAFileIsNotTakenForOne(t *testing.T) {
	k := &kind{name: "tiny", file: 4 << 10, files: 2, sizes: []int{3}}
	data := t.TempDir()
	for range 2 {
		if err := k.lay(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(filepath.Join(data, k.path(1)), 100); err != nil {
		t.Fatal(err)
	}
	if err := k.lay(data); err == nil {
		t.Error("a file that was cut is taken for whole")
	}
}
