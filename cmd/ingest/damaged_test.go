package main

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDamagedJournalIsGoneOnWithInSilence(t *testing.T) {
	dir := t.TempDir()
	rows := filepath.Join(dir, "rows.txt")
	for name, text := range map[string]string{"a": "1", "b": "2", "c": "3", "rows.txt": "a\nb\nc\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func() string {
		code, _, stderr := ingest(t, "run", rows, "--to", "file://"+filepath.Join(dir, "out"), "--keep-journal")
		if code != exitDone {
			t.Fatalf("exit %d: %s", code, stderr)
		}
		return stderr
	}
	run()
	b, err := os.ReadFile(rows + ".journal")
	if err != nil {
		t.Fatal(err)
	}
	b[binary.LittleEndian.Uint32(b[12:])+12] ^= 1 // in the first record behind the header
	if err := os.WriteFile(rows+".journal", b, 0o600); err != nil {
		t.Fatal(err)
	}
	if told := run(); !strings.Contains(told, "the journal is damaged") {
		t.Errorf("it says %s", told)
	}
}
