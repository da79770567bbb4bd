package journal

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// wastefulRecords are of three rows that failed over and over with long messages, and of an upload.
func wastefulRecords() []Record {
	records := []Record{begun(9, "old"), part(9, 1), begun(9, "new"), part(9, 1), part(9, 2), outcome(8, Done)}
	for i := range 3000 {
		o := outcome(int64(i%3+1), Failed)
		o.Failure = &Failure{Message: strings.Repeat("m", i%1000)}
		records = append(records, o)
	}
	return append(records, outcome(2, Unverified), outcome(3, Failed), outcome(3, Done))
}

func TestCompactionKeepsWhatCountsAndNothingElse(t *testing.T) {
	records := wastefulRecords()
	b, _ := image(records)
	state, d := recovered(t, b)
	requireState(t, state, records)
	if n := len(d.contents("j")); n > 4096 || state.Damage != nil {
		t.Fatalf("%d bytes, damage %v", n, state.Damage)
	}
	requireLastOutcomes(t, d, truthOf(records))
}

func requireLastOutcomes(t *testing.T, d *simDisk, is *truth) {
	t.Helper()
	j, _ := open(t, "j", Options{files: d})
	o, err := j.Outcomes(t.Context(), 100)
	must(t, err)
	for row := range int64(102) {
		want, has := is.outcomes[row]
		got, ok, err := o.Get(row)
		if err != nil || ok != has || has && got.Status != want.Status {
			t.Fatalf("row %d: %+v %v %v, want %+v", row, got, ok, err, want)
		}
		if has && want.Failure != nil && *want.Failure != *got.Failure {
			t.Fatalf("row %d: an earlier outcome was kept", row)
		}
	}
	must(t, o.Close())
	must(t, j.Close())
}

func TestUploadsThatAreOverAreWaste(t *testing.T) {
	for _, over := range []Record{outcome(1, Done), Dropped{1}, begun(1, "next")} {
		records := []Record{begun(1, "a")}
		for i := range 17_000 {
			records = append(records, part(1, i%1000+1))
		}
		records = append(records, over)
		b, _ := image(records)
		state, d := recovered(t, b)
		requireState(t, state, records)
		if n := len(d.contents("j")); n > 4096 {
			t.Errorf("%d bytes after %+v", n, over)
		}
	}
}

func TestSoundJournalIsNotWrittenAnew(t *testing.T) {
	var records []Record
	for i := range int64(17_000) {
		records = append(records, outcome(i+1, Done))
	}
	b, _ := image(records)
	d := simDiskWith("j", b)
	_, err := (&storage{files: d, path: "j"}).open(testJob)
	if err != nil || !slices.Equal(d.ops, []string{"open", "sync", "syncdir"}) {
		t.Fatal(err, d.ops)
	}
}

func TestFailedCompactionLeavesTheOldJournalInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	records := wastefulRecords()
	b, _ := image(records)
	for _, fault := range []struct {
		op    string
		n     int
		cause error
	}{
		{"open", 2, syscall.EACCES}, {"write", 1, syscall.ENOSPC}, {"sync", 1, syscall.EIO}, {"rename", 1, syscall.EXDEV},
	} {
		d := simDiskWith(path, b)
		d.fault = func(op string, n int) error {
			if op == fault.op && n == fault.n {
				return fault.cause
			}
			return nil
		}
		j, state, err := Open(path, testJob, Options{files: d})
		must(t, err)
		requireState(t, state, records)
		if got := d.contents(path); string(got) != string(b) {
			t.Fatalf("%s: the old journal has changed", fault.op)
		}
		if d.contents(path+tempSuffix) != nil {
			t.Fatalf("%s: a temporary file is left", fault.op)
		}
		must(t, j.Append(outcome(50, Done)))
		must(t, j.Close())
		d.fault = nil
		state, err = (&storage{files: d, path: path}).open(testJob)
		must(t, err)
		requireState(t, state, append(records[:len(records):len(records)], outcome(50, Done)))
	}
}

func TestRenameThatOnlyPretendsToFailIsFollowed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	records := wastefulRecords()
	b, _ := image(records)
	d := &pretender{simDiskWith(path, b)}
	j, _, err := Open(path, testJob, Options{files: d})
	must(t, err)
	must(t, j.Append(outcome(50, Done)))
	must(t, j.Close())
	state, err := (&storage{files: d.simDisk, path: path}).open(testJob)
	must(t, err)
	requireState(t, state, append(records, outcome(50, Done)))
}

// pretender renames and says that it did not.
type pretender struct{ *simDisk }

func (p *pretender) Rename(from, to string) error {
	_ = p.simDisk.Rename(from, to)
	return os.ErrNotExist
}

func TestDirectoryThatCannotBeSyncedEndsTheOpen(t *testing.T) {
	b, _ := image(wastefulRecords())
	d := simDiskWith("j", b)
	d.fault = func(op string, _ int) error {
		if op == "syncdir" {
			return syscall.EIO
		}
		return nil
	}
	if _, err := (&storage{files: d, path: "j"}).open(testJob); !errors.Is(err, syscall.EIO) {
		t.Fatal(err)
	}
}

func TestPowerCutDuringCompactionLeavesOneOfTheTwo(t *testing.T) {
	records := append(uselessRecords(), someRecords(rand.New(rand.NewPCG(1, 1)), 30)...)
	b, _ := image(records)
	eachSeed(t, 25, func(t *testing.T, rng *rand.Rand) {
		d := simDiskWith("j", b)
		n := 1 + rng.IntN(14)
		d.fault = failing(n, true, syscall.EIO)
		_, _ = (&storage{files: d, path: "j"}).open(testJob)
		state, err := (&storage{files: d.cutPower(rng), path: "j"}).open(testJob)
		must(t, err)
		requireState(t, state, records)
	})
}

// That the file is synced again when it has the name would be too late: between the two the power may fail.
func TestFileHasTheNameBeforeItIsDurable(t *testing.T) {
	b, _ := image(wastefulRecords())
	d := simDiskWith("j", b)
	d.fault = func(op string, _ int) error {
		if f := d.names["j"+tempSuffix]; op == "rename" && (len(f.data) == 0 || !bytes.Equal(f.data, f.synced)) {
			t.Errorf("%d bytes of %d are durable", len(f.synced), len(f.data))
		}
		return nil
	}
	_, err := (&storage{files: d, path: "j"}).open(testJob)
	if must(t, err); d.count["rename"] != 1 {
		t.Errorf("%d files were put in its place", d.count["rename"])
	}
}

func TestLeftoverOfACompactionIsRemoved(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "j")
	j, _ := open(t, path, Options{})
	must(t, j.Close())
	must(t, os.WriteFile(path+".ingest-tmp", []byte("half"), 0o600))
	j, _ = open(t, path, Options{})
	must(t, j.Close())
	requireFiles(t, dir, "j")
}

func TestDoneThatIsSupersededIsNotCounted(t *testing.T) {
	small := outcome(1, Done)
	small.Size = 3
	for _, records := range [][]Record{
		{outcome(1, Done), outcome(2, Done), outcome(1, Failed)},
		{outcome(1, Done), outcome(2, Done), outcome(1, Unverified)},
		{outcome(1, Done), small, outcome(2, Done)},
		{outcome(1, Failed), outcome(1, Done), outcome(1, Failed), small},
	} {
		b, _ := image(records)
		state, _ := recovered(t, b)
		requireState(t, state, records)
	}
}

func TestPartsBeyondTheFoldAreKept(t *testing.T) {
	records := []Record{begun(1, "a")}
	for i := range 2500 {
		p := part(1, i%2000+1)
		p.XXH3 = uint64(i)
		records = append(records, p)
	}
	b, _ := image(records)
	state, _ := recovered(t, b)
	requireState(t, state, records)
}

// usurper is a disk on which somebody puts another file in the journal's place just when it is renamed.
type usurper struct {
	*simDisk
	other []byte
}

func (u *usurper) Rename(from, to string) error {
	defer func() { u.names[to] = &simFile{data: u.other} }()
	return u.simDisk.Rename(from, to)
}

func TestFileThatTakesTheJournalsPlaceIsGoneOnWith(t *testing.T) {
	h := &Header{Version: Version, ID: [16]byte{1}, Job: testJob}
	e := encoder{seed: h.seed()}
	other := e.record(h.encode(), outcome(77, Done))
	b, _ := image(wastefulRecords())
	d := &usurper{simDiskWith("j", b), other}
	if _, err := (&storage{files: d, path: "j"}).open(testJob); !errors.Is(err, ErrChanged) || d.handles != 0 {
		t.Fatal(err, d.handles)
	}
	if string(d.contents("j")) != string(other) {
		t.Fatal("another's file was touched")
	}
}

func TestRecordThatIsGoneWhenItIsReadAgainIsLeftOut(t *testing.T) {
	records := wastefulRecords()
	b, offsets := image(records)
	d := simDiskWith("j", b)
	reads := 0 // of the first pass, and then of the second
	s := &storage{files: d, path: "j"}
	must(t, errorsOf(s.reopen, func() error { return s.identify(testJob) }, func() error { return s.replay(&replay{}) }))
	reads = d.count["read"]
	spoiled := simDiskWith("j", b)
	state, err := (&storage{files: &restless{spoiled, reads, func() {
		spoiled.names["j"].data[offsets[5]+30] ^= 1 // the outcome of row 8
	}}, path: "j"}).open(testJob)
	must(t, err)
	requireState(t, state, records)
	if n := len(spoiled.contents("j")); n != len(b) {
		t.Fatalf("it was written anew, in %d bytes, without a record", n)
	}
}
