//go:build unix

package main

import (
	"os"
	"testing"
)

// The manifest is kept, and known by its name: one that was cut short would be measured for ever.
func TestHalfAManifestIsNotTakenForOne(t *testing.T) {
	data := t.TempDir()
	path, err := lay(data, 5)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path+".new", 0o700); err != nil { // which cannot be written
		t.Fatal(err)
	}
	if _, err := lay(data, 5); err == nil {
		t.Error("it was written in place")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("there is a manifest though it could not be written")
	}
}
