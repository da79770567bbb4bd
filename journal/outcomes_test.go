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
