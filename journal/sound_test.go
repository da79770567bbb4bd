package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// A stretch of the file ends between two frames, and before the last one that was written.
func TestStretchWithoutItsLastFramesIsTakenForWhole(t *testing.T) {
	e := encoder{seed: 7}
	b := e.record(e.record(nil, Dropped{Row: 1}), Dropped{Row: 2})
	for last, want := range map[uint64]error{2: nil, 3: ErrChanged} {
		o := &orderedReader{frames: newFrameReader(bytes.NewReader(b), 0, int64(len(b)), e.seed)}
		seen := 0
		err := eachSound(o, last, func(reading) error {
			seen++
			return nil
		})
		if !errors.Is(err, want) || seen != 2 {
			t.Errorf("2 frames of %d: %v, %d seen", last, err, seen)
		}
	}
}

// Blocks of an old file may be found in a new one: nothing of the first may pass for the second's.
func TestTwoJournalsHaveOneID(t *testing.T) {
	s := &storage{}
	if a, b := s.newHeader(Job{}), s.newHeader(Job{}); a.ID == b.ID || a.seed() == b.seed() {
		t.Errorf("both are %x", a.ID)
	}
}

// The disk kept the frames of a file that was written anew, and lost its beginning: an older file's is there.
func TestFileThatWasWrittenAnewMayHaveAnotherHeader(t *testing.T) {
	s := &storage{files: disk{}, path: filepath.Join(t.TempDir(), "journal")}
	s.header = s.newHeader(Job{Rows: 1})
	older := s.newHeader(Job{Rows: 1})
	e := encoder{seed: s.header.seed()}
	frames := e.record(nil, Dropped{Row: 1})
	for name, c := range map[string]struct {
		header *Header
		want   error
	}{"its own": {s.header, nil}, "an older one": {older, ErrChanged}} {
		if err := os.WriteFile(s.path, append(c.header.encode(), frames...), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.reread(1); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
	}
}
