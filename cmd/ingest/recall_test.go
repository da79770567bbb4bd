package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/ingest-dev/ingest/sender"
)

// begun is a job of so many rows that its manifest is recalled, all but the last of which are done.
type begun struct {
	dir, manifest, to string
	text              []byte
}

func newBegun(t *testing.T) *begun {
	dir := t.TempDir()
	b := &begun{dir: dir, manifest: filepath.Join(dir, "rows.csv"), to: filepath.Join(dir, "out")}
	var text bytes.Buffer
	text.WriteString("source,key\nold.jsonl,first\n")
	for i := range worthRecalling {
		fmt.Fprintf(&text, "f,k%d\n", i)
	}
	b.text = text.Bytes()
	b.write(t, "rows.csv", b.text)
	b.write(t, "f", []byte("f"))
	b.write(t, "old.jsonl", []byte(reportStart))
	if err := os.Mkdir(b.to, 0o700); err != nil {
		t.Fatal(err)
	}
	b.remember(t)
	return b
}

func (b *begun) write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// remember writes the journal.
func (b *begun) remember(t *testing.T) {
	t.Helper()
	m, err := manifests.Open(b.manifest, manifests.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	s, err := m.Check(t.Context(), manifests.Check{})
	if err != nil {
		t.Fatal(err)
	}
	job := journal.Job{Manifest: s.Digest, Rows: s.Rows, Target: "file://" + b.to, Root: m.Root()}
	j, _, err := journal.Open(b.manifest+journalSuffix, job, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for row := range s.Rows - 1 {
		if err := j.Append(journal.Outcome{Row: row + 1, Status: journal.Done, Size: 1, Parts: 1, Attempts: 1,
			Checksum: hasher.FromUint64(hasher.CRC64NVME, 1)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func (b *begun) run(t *testing.T, more ...string) (code int, stdout, stderr string) {
	t.Helper()
	return ingest(t, append([]string{"run", b.manifest, "--to", "file://" + b.to, "--progress", "none"}, more...)...)
}

// asked counts the rows that a store is asked about.
type asked struct {
	sender.Store
	rows atomic.Int64
}

func (a *asked) Check(o *sender.Object) error {
	a.rows.Add(1)
	return a.Store.Check(o)
}

// opened opens the job's manifest as a run does, and returns the job and how many rows were checked.
func (b *begun) opened(t *testing.T, restart bool) (*job, int64) {
	t.Helper()
	tr := &transfer{restart: restart}
	tr.url, tr.signature = "file://"+b.to, "v4"
	j := newJob()
	j.Options.Guess = pipeline.GuessName
	t.Cleanup(j.close)
	if err := tr.openStore(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	store := &asked{Store: j.Store}
	j.Store = store
	open := func(string) (*manifests.Manifest, error) { return manifests.Open(b.manifest, manifests.Options{}) }
	if err := tr.openManifest(t.Context(), j, opening{manifest: open, past: tr.past(b.manifest)}); err != nil {
		t.Fatal(err)
	}
	return j, store.rows.Load()
}

func TestAManifestIsCheckedAgainForEachRun(t *testing.T) {
	b := newBegun(t)
	j, n := b.opened(t, false)
	if n != 0 || j.Total != worthRecalling+1 || j.Rule == nil {
		t.Errorf("%d rows of %d were checked", n, j.Total)
	}
	if j, n := b.opened(t, true); n != worthRecalling+1 || j.Rule != nil {
		t.Errorf("to begin anew, %d rows were checked", n)
	}
	code, stdout, stderr := b.run(t)
	if code != exitDone || !strings.Contains(stdout, "by an earlier run") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	if there, err := os.ReadDir(b.to); err != nil || len(there) < 1 || there[len(there)-1].Name() != fmt.Sprintf("k%d", worthRecalling-1) {
		t.Errorf("in the store: %v, %v", there, err)
	}
}

func TestAnEditedManifestIsTakenForTheOneThatWasChecked(t *testing.T) {
	b := newBegun(t)
	for what, edited := range map[string][]byte{
		"one row more": append(bytes.Clone(b.text), "f,more\n"...),
		"another key":  bytes.Replace(b.text, []byte("k7\n"), []byte("x7\n"), 1),
	} {
		b.write(t, "rows.csv", edited)
		if _, n := b.opened(t, false); n < worthRecalling {
			t.Errorf("%s: %d rows were checked", what, n)
		}
		if code, _, stderr := b.run(t); code != exitJournal || !strings.Contains(stderr, "--restart") {
			t.Errorf("%s: exit %d: %s", what, code, stderr)
		}
		if code, _, stderr := ingest(t, "plan", b.manifest, "--to", "file://"+b.to); code != exitJournal {
			t.Errorf("plan of %s: exit %d: %s", what, code, stderr)
		}
	}
	b.write(t, "rows.csv", append(bytes.Clone(b.text), "f,k7\n"...))
	if code, _, stderr := b.run(t); code != exitManifest || !strings.Contains(stderr, `the key "k7" is that of line 10 already`) {
		t.Errorf("a key twice: exit %d: %s", code, stderr)
	}
}

func TestAJobThatWasBegunWritesOverItsSources(t *testing.T) {
	b := newBegun(t)
	report := filepath.Join(b.dir, "old.jsonl")
	code, _, stderr := b.run(t, "--report", report)
	if code != exitManifest || !strings.Contains(stderr, "the source is the report of this run") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if now, err := os.ReadFile(report); err != nil || string(now) != reportStart {
		t.Errorf("the source is %.80q now, %v", now, err)
	}
}

// What is no sound journal of this job is told as it always was, by whoever opens it.
func TestAJournalThatTellsNothingIsBelieved(t *testing.T) {
	b := newBegun(t)
	path := b.manifest + journalSuffix
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(sound)
	damaged[45] ^= 1
	for what, data := range map[string][]byte{"damaged": damaged, "cut": sound[:40], "no journal": []byte("notes\n")} {
		b.write(t, "rows.csv.journal", data)
		if _, n := b.opened(t, false); n != worthRecalling+1 {
			t.Errorf("%s: %d rows were checked", what, n)
		}
		if code, _, stderr := b.run(t); code != exitJournal {
			t.Errorf("%s: exit %d: %s", what, code, stderr)
		}
	}
	b.write(t, "rows.csv.journal", sound)
	if err := os.MkdirAll(b.to+"2", 0o700); err != nil {
		t.Fatal(err)
	}
	b.to += "2"
	if _, n := b.opened(t, false); n != worthRecalling+1 {
		t.Errorf("of another target: %d rows were checked", n)
	}
	if code, _, stderr := b.run(t); code != exitJournal || !strings.Contains(stderr, "target is") {
		t.Errorf("of another target: exit %d: %s", code, stderr)
	}
}
