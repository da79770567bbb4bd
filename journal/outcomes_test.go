package journal

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"testing"
)

func TestOutcomesAreTheLastOfEachRow(t *testing.T) {
	const rows = 70_000 // their frames are more than the cache of the journal holds
	path := filepath.Join(t.TempDir(), "j")
	j, _ := open(t, path, Options{})
	rng := rand.New(rand.NewPCG(1, 1))
	want := make([]Outcome, rows+1)
	for round := range 2 {
		for i := range int64(rows) {
			row := near(i+1, rows)
			if round == 1 && rng.IntN(3) > 0 {
				continue
			}
			o := outcome(row, Failed)
			o.Attempts = round + 1
			if rng.IntN(10) > 0 {
				want[row] = o
				must(t, j.Append(o))
			}
		}
	}
	o, err := j.Outcomes(t.Context(), rows)
	must(t, err)
	for row := range int64(rows + 1) {
		got, ok, err := o.Get(row)
		if err != nil || ok != (want[row].Row != 0) || got != want[row] {
			t.Fatalf("row %d: %+v %v %v, want %+v", row, got, ok, err, want[row])
		}
	}
	for range 1000 { // in any order it is only slower
		row := rng.Int64N(rows) + 1
		if got, _, err := o.Get(row); err != nil || got != want[row] {
			t.Fatalf("row %d: %+v %v", row, got, err)
		}
	}
	if _, ok, err := o.Get(rows + 1); ok || err != nil {
		t.Fatal(ok, err)
	}
	must(t, o.Close())
	must(t, j.Close())
}

func TestIndexLargerThanItsCacheForgetsNoRow(t *testing.T) {
	const rows, step = 3 * cacheBlocks * blockSize / indexEntry, 997
	j, _ := open(t, filepath.Join(t.TempDir(), "j"), Options{})
	for round := range 2 {
		for row := int64(1 + round*step); row <= rows; row += 2 * step {
			must(t, j.Append(outcome(row, Done)))
		}
	}
	o, err := j.Outcomes(t.Context(), rows)
	must(t, err)
	for row := int64(1); row <= rows; row += step {
		if got, _, err := o.Get(row); err != nil || got != outcome(row, Done) {
			t.Fatalf("row %d: %+v %v", row, got, err)
		}
		if _, ok, err := o.Get(row + 1); ok || err != nil {
			t.Fatalf("row %d: %v %v", row+1, ok, err)
		}
	}
	must(t, o.Close())
	must(t, j.Close())
}

func TestOutcomeOfAnotherRowOrTimeIsTold(t *testing.T) {
	records := []Record{outcome(1, Failed), outcome(1, Unverified), outcome(2, Failed), outcome(2, Unverified)}
	b, offsets := image(records)
	for name, harm := range map[string]func(d *simDisk, o *Outcomes){
		"an earlier outcome lies where the last one was": func(d *simDisk, _ *Outcomes) {
			copy(d.names["j"].data[offsets[1]:], b[offsets[0]:offsets[1]])
		},
		"the index leads to another row's": func(_ *simDisk, o *Outcomes) {
			entry, err := o.index.span(indexEntry, true)
			must(t, err)
			copy(entry[:indexEntry], entry[indexEntry:2*indexEntry])
		},
		"the index leads behind the end": func(_ *simDisk, o *Outcomes) {
			entry, err := o.index.span(indexEntry, true)
			must(t, err)
			entry[5] = 1
		},
	} {
		d := simDiskWith("j", b)
		j, _, err := openSim(d)
		must(t, err)
		o, err := j.Outcomes(t.Context(), 2)
		must(t, err)
		harm(d, o)
		if out, ok, err := o.Get(1); !errors.Is(err, ErrChanged) {
			t.Errorf("%s: %+v %v %v", name, out, ok, err)
		}
		must(t, errors.Join(o.Close(), j.Close()))
	}
}

// forgetful is a disk that loses what is written into temporary files, and says that it did not.
type forgetful struct{ disk }

type forgetfulFile struct{ file }

func (f forgetful) Temp(pattern string) (file, string, error) {
	g, path, err := f.disk.Temp(pattern)
	return forgetfulFile{g}, path, err
}

func (f forgetfulFile) WriteAt(p []byte, off int64) (int, error) {
	if off == 0 {
		return len(p), nil
	}
	return f.file.WriteAt(p, off)
}

func TestIndexThatLostABlockForgetsRows(t *testing.T) {
	const rows, step = 3 * cacheBlocks * blockSize / indexEntry, 997
	j, _ := open(t, filepath.Join(t.TempDir(), "j"), Options{files: forgetful{}})
	for row := int64(1); row <= rows; row += step {
		must(t, j.Append(outcome(row, Done)))
	}
	o, err := j.Outcomes(t.Context(), rows)
	must(t, err)
	if out, ok, err := o.Get(1); err == nil {
		t.Errorf("%+v %v", out, ok)
	}
	must(t, errors.Join(o.Close(), j.Remove()))
}

func TestOutcomesEndWithTheirContext(t *testing.T) {
	j, _ := open(t, filepath.Join(t.TempDir(), "j"), Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := j.Outcomes(ctx, 10); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if _, err := j.Outcomes(t.Context(), -1); !errors.Is(err, ErrRecord) {
		t.Fatal(err)
	}
	must(t, j.Close())
}

func TestOutcomeThatRotsAfterOpeningIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	records := []Record{outcome(1, Done), outcome(2, Done)}
	b, offsets := image(records)
	for _, at := range []int{offsets[1], offsets[1] + 4, offsets[1] + 30, len(b) - 1} {
		d := simDiskWith(path, b)
		j, _ := open(t, path, Options{files: d})
		o, err := j.Outcomes(t.Context(), 2)
		must(t, err)
		d.names[path].data[at] ^= 0x40
		if out, ok, err := o.Get(2); err == nil {
			t.Fatalf("byte %d: %+v %v", at, out, ok)
		}
		must(t, o.Close())
		must(t, j.Close())
	}
}
