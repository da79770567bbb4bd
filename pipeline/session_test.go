package pipeline

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// settings are those of a folder with files of the sizes given, and a manifest of them.
func settings(t *testing.T, store sender.Store, sizes ...int64) Settings {
	t.Helper()
	folder := t.TempDir()
	rows := ""
	for i, n := range sizes {
		name := string(rune('a' + i))
		rows += name + "\n"
		if n < 0 {
			continue // it is named, and missing
		}
		if err := os.WriteFile(filepath.Join(folder, name), sendertest.Bytes(uint64(i), n), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list := filepath.Join(folder, "rows.txt")
	if err := os.WriteFile(list, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := manifests.Open(list, manifests.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return Settings{
		Store: store, Manifest: m, Journal: list + ".journal", Place: "here",
		Options: Options{PartSize: partSize, Parallel: 2, Retries: -1},
	}
}

func session(t *testing.T, s Settings) *Session {
	t.Helper()
	opened, err := Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

func TestSessionWithFailedRowsIsNoSuccess(t *testing.T) {
	s := settings(t, sendertest.NewMemory(), 10, -1, 3*partSize)
	var told int
	s.Options.Observe = func(Event) { told++ }
	run := session(t, s)
	err := run.Run(t.Context())
	if !errors.Is(err, ErrRows) || !errors.Is(err, fs.ErrNotExist) || told != 3 {
		t.Errorf("%v, and %d events", err, told)
	}
	if err := run.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.Journal); err != nil {
		t.Error("the journal is gone though a row failed: ", err)
	}
}

// A session that was stopped is carried on by the next: what is there is not sent again, and the journal goes with
// the work.
func TestSessionThatWasStoppedIsSentAnew(t *testing.T) {
	memory := sendertest.NewMemory()
	s := settings(t, memory, 10, 20, 30)
	s.Options.Parallel = 1
	stopping := errors.New("enough")
	var run *Session
	s.Options.Observe = func(Event) { run.Stop(stopping) }
	run = session(t, s)
	if err := run.Run(t.Context()); !errors.Is(err, ErrStopped) || !errors.Is(err, stopping) {
		t.Fatal(err)
	}
	sent := run.Requests().ObjectsSent.Load()
	if err := run.Close(); err != nil {
		t.Fatal(err)
	}
	s.Options.Observe = nil
	run = session(t, s)
	shown := 0
	if err := run.RunShowing(t.Context(), time.Hour, func(Progress) { shown++ }); err != nil || shown != 1 {
		t.Fatal(err, shown)
	}
	if again := run.Requests().ObjectsSent.Load(); sent == 0 || sent+again != 3 {
		t.Errorf("%d and %d objects were sent of 3", sent, again)
	}
	if err := run.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.Journal); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the journal of a finished job: %v", err)
	}
}

func TestSessionOfAnotherJobIsRefused(t *testing.T) {
	s := settings(t, sendertest.NewMemory(), 10, -1)
	run := session(t, s)
	_ = run.Run(t.Context())
	if err := run.Close(); err != nil {
		t.Fatal(err)
	}
	s.Place = "elsewhere"
	if _, err := Open(t.Context(), s); !errors.Is(err, journal.ErrOtherJob) {
		t.Errorf("another place: %v", err)
	}
	s.Place = ""
	if _, err := Open(t.Context(), s); !errors.Is(err, ErrOption) {
		t.Errorf("no place: %v", err)
	}
	s.Options.Parallel = -1
	if _, err := Open(t.Context(), s); !errors.Is(err, ErrOption) {
		t.Errorf("no parts in flight: %v", err)
	}
}

func TestUploadTellsWhatIsStored(t *testing.T) {
	memory := sendertest.NewMemory()
	s := settings(t, memory, 3*partSize)
	source := filepath.Join(s.Manifest.Root(), "a")
	stored, err := Upload(t.Context(), source, "key", s)
	if err != nil || stored.Status != journal.Done || stored.Size != 3*partSize || stored.Parts != 3 {
		t.Errorf("%+v, %v", stored, err)
	}
	if info, err := memory.Head(t.Context(), "key"); err != nil || info.Checksum != stored.Checksum {
		t.Errorf("%+v, %v", info, err)
	}
	if _, err := Upload(t.Context(), source+"x", "key", s); !errors.Is(err, ErrRows) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}
