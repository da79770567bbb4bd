package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
)

// firstVersion returns what the program that knew version 1 only would have written of these records.
func firstVersion(records ...Record) []byte {
	h := &Header{Version: 1, ID: [16]byte{7}, Tool: "old", Job: testJob}
	e := &encoder{seed: h.seed()}
	b := h.encode()
	for _, r := range records {
		b = e.record(b, r)
	}
	return b
}

func TestJournalOfTheFirstVersionIsReadAndWrittenAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	must(t, os.WriteFile(path, firstVersion(outcome(1, Done), outcome(2, Failed), begun(3, "u"), part(3, 1)), 0o600))
	j, state, err := Open(path, testJob, Options{})
	must(t, err)
	if !state.Done.Contains(1) || !state.Failed.Contains(2) || len(state.Upload(3).Parts) != 1 || state.Damage != nil {
		t.Fatal(describe(state))
	}
	must(t, j.Append(outcome(3, Kept)))
	must(t, j.Close())
	b, err := os.ReadFile(path)
	must(t, err)
	h, _, err := readHeader(bytes.NewReader(b))
	if err != nil || h.Version != Version {
		t.Fatalf("%+v, %v", h, err)
	}
	requireFiles(t, filepath.Dir(path), "j")
}

// A record of version 2 in a file that says version 1 would be damage to the program that wrote the file.
func TestJournalOfTheFirstVersionThatCannotBeWrittenAnewIsRefused(t *testing.T) {
	old := firstVersion(outcome(1, Done))
	d := simDiskWith("j", old)
	d.fault = func(op string, _ int) error {
		if op == "rename" {
			return syscall.EXDEV
		}
		return nil
	}
	s := &storage{files: d, path: "j"}
	if _, err := s.open(testJob); !errors.Is(err, syscall.EXDEV) || !strings.Contains(err.Error(), "version 2") {
		t.Fatal(err)
	}
	if !bytes.Equal(d.names["j"].data, old) {
		t.Fatal("the file was touched")
	}
}

func TestStoredRowsAreKnownByAllTheirStatuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j, _, err := Open(path, testJob, Options{})
	must(t, err)
	called := outcome(4, CallbackFailed)
	called.Failure, called.Callback = &Failure{Code: "CallbackFailed"}, "half an answer"
	same := outcome(1, Done)
	same.Compared = true
	for _, r := range []Record{same, outcome(2, Failed), begun(5, "u"), called, outcome(5, Kept)} {
		must(t, j.Append(r))
	}
	for _, row := range []int64{1, 4, 5} {
		if j.Append(outcome(row, Failed)) == nil || j.Append(outcome(row, Done)) == nil {
			t.Errorf("row %d: what is stored is taken back", row)
		}
	}
	must(t, j.Close())
	j, state, err := Open(path, testJob, Options{})
	must(t, err)
	defer j.Close()
	for row, want := range map[int64]bool{1: true, 2: false, 3: false, 4: true, 5: true} {
		if state.Stored(row) != want {
			t.Errorf("row %d: stored %t, want %t", row, !want, want)
		}
	}
	if state.Upload(5) != nil || state.Bytes != 5 {
		t.Errorf("%+v, %d bytes", state.Upload(5), state.Bytes)
	}
	if j.Append(outcome(5, Failed)) == nil {
		t.Error("what an earlier run kept is taken back")
	}
	o, err := j.Outcomes(t.Context(), 5)
	must(t, err)
	defer o.Close()
	for row, want := range map[int64]Outcome{1: same, 4: called} {
		got, ok, err := o.Get(row)
		if err != nil || !ok || got.Compared != want.Compared || got.Callback != want.Callback || got.Status != want.Status {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

func TestLongAnswerOfACallbackIsCutToTheRoomThatIsLeft(t *testing.T) {
	long := strings.Repeat("x", 4096)
	sha, err := hasher.FromBytes(hasher.SHA256, make([]byte, 32))
	must(t, err)
	full := outcome(MaxRow, CallbackFailed)
	full.Checksum, full.ETag, full.VersionID = sha, long[:MaxETag], long[:MaxVersion]
	full.Failure = &Failure{long, long, long, long, long, long}
	for name, o := range map[string]Outcome{"of a small record": outcome(1, Done), "of a full one": full} {
		o.Callback = long
		back, ok := decodeOutcome(appendPayload([]byte("before"), o)[6:], false)
		if n := len(back.Callback); !ok || n < 256 || n > MaxCallback {
			t.Errorf("%s: %d bytes, %t", name, n, ok)
		}
	}
}

// What most rows have must not grow for what few rows have.
func TestKeptAndComparedRowsTakeNoMoreRoomThanOthers(t *testing.T) {
	compared := outcome(1, Done)
	compared.Compared = true
	for _, o := range []Outcome{compared, outcome(1, Kept), outcome(1, CallbackFailed)} {
		if got, want := frameSize(o), frameSize(outcome(1, Done)); got != want {
			t.Errorf("%s: %d bytes, want %d", o.Status, got, want)
		}
	}
}
