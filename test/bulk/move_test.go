package bulk

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// move is the job on its way into one store.
type move struct {
	*testing.T
	*job
	store
	journal, report string
}

func newMove(t *testing.T, j *job, s store) *move {
	dir := t.TempDir()
	return &move{T: t, job: j, store: s, journal: filepath.Join(dir, "journal"), report: filepath.Join(dir, "report")}
}

// arrives runs the program once, which has to move everything.
func (m *move) arrives(flags ...string) {
	m.Helper()
	s := m.run(flags...)
	if s.Skipped != 0 || s.SentBytes != m.bytes {
		m.Errorf("%d rows skipped, %d bytes sent of %d", s.Skipped, s.SentBytes, m.bytes)
	}
}

// keepsItsJournal runs the program once with the journal kept, and again, which has to send nothing and to report the
// same.
func (m *move) keepsItsJournal() {
	m.Helper()
	m.arrives("--keep-journal")
	m.holdsNoSecret("journal", m.contents(m.journal))
	first := m.contents(m.report)
	if s := m.run(); s.Skipped != int64(len(m.rows)) || s.SentBytes != 0 {
		m.Errorf("run again, it skipped %d rows of %d and sent %d bytes", s.Skipped, len(m.rows), s.SentBytes)
	}
	if !bytes.Equal(m.contents(m.report), first) {
		m.Error("run again, it reports something else")
	}
}

// run runs the program, and looks at all that it says.
func (m *move) run(flags ...string) summary {
	m.Helper()
	said := m.command(flags...)
	m.holdsNoSecret("standard output", said.stdout)
	m.holdsNoSecret("standard error", said.stderr)
	m.reportsEachRowOnce()
	var s summary
	if err := json.Unmarshal(said.stdout, &s); err != nil {
		m.Fatalf("summary: %v: %s", err, said.stdout)
	}
	if n := int64(len(m.rows)); s.Rows != n || s.Done != n || s.Failed+s.Unverified != 0 || s.Bytes != m.bytes || s.Exit != 0 {
		m.Errorf("%d rows of %d bytes end as %+v", n, m.bytes, s)
	}
	if said.usage.peak > mostResident {
		m.Errorf("it held more than %d MiB: %v", mostResident>>20, said.usage)
	}
	m.Logf("%+v: %v", s, said.usage)
	return s
}

// mostResident is what a run may hold of memory, whatever it moves: 16 parts of 16 MiB in flight, and as much again.
const mostResident = 512 << 20

// summary is what the program says of a run.
type summary struct {
	Rows, Done, Skipped, Failed, Unverified int64
	Bytes                                   int64
	SentBytes                               int64 `json:"sent_bytes"`
	SentParts                               int64 `json:"sent_parts"`
	Requests, Retries                       int64
	Seconds                                 float64
	Exit                                    int
}

// line is one of the report's.
type line struct {
	Row         int
	Source, Key string
	Status      string
	Size        int64
	Parts       int
	Error       json.RawMessage
}

func (m *move) reportsEachRowOnce() {
	m.Helper()
	text := m.contents(m.report)
	m.holdsNoSecret("report", text)
	lines := bytes.SplitAfter(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	if len(lines) != len(m.rows) {
		m.Errorf("%d lines report %d rows", len(lines), len(m.rows))
	}
	seen := make([]bool, len(m.rows)+1)
	for _, text := range lines {
		var l line
		if err := json.Unmarshal(text, &l); err != nil || l.Row < 1 || l.Row > len(m.rows) || seen[l.Row] {
			m.Fatalf("a line of no row, or of one that had its line: %s: %v", text, err)
		}
		seen[l.Row] = true
		m.isDone(l)
	}
}

func (m *move) isDone(l line) {
	m.Helper()
	want := m.rows[l.Row-1]
	if l.Status != "done" || l.Error != nil || l.Source != want.Source || l.Key != m.prefix+want.Key || l.Size != want.Size {
		m.Errorf("reported as %+v, want %+v done", l, want)
	}
	if l.Row == 1 && l.Parts < 2 {
		m.Errorf("the large file was moved in %d parts", l.Parts)
	}
}

func (m *move) leavesNoJournal() {
	m.Helper()
	if _, err := os.Stat(m.journal); !errors.Is(err, fs.ErrNotExist) {
		m.Errorf("the journal is left: %v", err)
	}
}

func (m *move) holdsNoSecret(where string, text []byte) {
	m.Helper()
	if bytes.Contains(text, []byte(m.secret)) {
		m.Errorf("the secret is in the %s", where)
	}
}

func (m *move) contents(path string) []byte {
	m.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		m.Fatal(err)
	}
	return text
}
