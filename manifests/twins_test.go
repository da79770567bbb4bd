package manifests

import (
	"os"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// However small the memory and however many keys repeat, the rows found are those that a map finds.
func TestSpillingLosesADuplicate(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		w := newTwins(dir)
		defer w.close()
		w.most = rapid.IntRange(1, 50).Draw(t, "most")
		limit := rapid.IntRange(1, 60).Draw(t, "limit")
		seen := make(map[int]uint32)
		var want []repeat
		for i, k := range rapid.SliceOfN(rapid.IntRange(0, 300), 0, 300).Draw(t, "keys") {
			row := uint32(i + 1)
			if first, ok := seen[k]; ok {
				want = append(want, repeat{row, first})
			} else {
				seen[k] = row
			}
			if err := w.add(strconv.Itoa(k), row); err != nil {
				t.Fatal(err)
			}
		}
		found, more, err := w.repeats(limit)
		if err != nil || len(found) != min(limit, len(want)) || int(more) != len(want)-len(found) {
			t.Fatalf("found %d and %d more of %d: %v", len(found), more, len(want), err)
		}
		for i := range found {
			if found[i] != want[i] {
				t.Fatalf("got %v, want %v", found[i], want[i])
			}
		}
	})
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left behind", left)
	}
}

func TestAFullDiskIsTakenForNoDuplicates(t *testing.T) {
	w := newTwins(t.TempDir() + "/none")
	w.most = 1
	if err := w.add("a", 1); err == nil {
		t.Error("no error")
	}
}

// Rows 2 and 3 have the hash of row 1 and other keys, row 4 has the key of row 2.
func TestEqualHashesAreTakenForEqualKeys(t *testing.T) {
	s := newSuspects([]repeat{{2, 1}, {3, 1}, {4, 1}})
	for i, c := range []struct {
		key  string
		want int64
	}{{"a", 0}, {"b", 0}, {"c", 0}, {"b", 20}} {
		if got := s.seen(s.group[uint32(i+1)], &Row{Key: c.key, Line: int64(i+1) * 10}); got != c.want {
			t.Errorf("row %d: got line %d, want %d", i+1, got, c.want)
		}
	}
}
