package main

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/ingest-dev/ingest/bench"
	"github.com/ingest-dev/ingest/bench/tune"
)

func TestFiguresThatCount(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 0.01234: "0.0123", 1.5: "1.5", 99.94: "99.9", 1234.5: "1,235", math.Inf(1): "-", math.NaN(): "-"} {
		if got := figures(x); got != want {
			t.Errorf("%v: %q, want %q", x, got, want)
		}
	}
	for d, want := range map[time.Duration]string{5: "5ns", 1500: "1.5us", 23 * time.Millisecond: "23ms", 90 * time.Second: "90s"} {
		if got := shortTime(d); got != want {
			t.Errorf("%d: %q, want %q", d, got, want)
		}
	}
	for x, want := range map[float64]string{0: "0.0", 9.96: "10", 1234: "1234", 12345: "12k", 1.5e6: "2M"} {
		if got := fourColumns(x); got != want {
			t.Errorf("%v: %q, want %q", x, got, want)
		}
	}
}

// A profile is read by run: a size must come back as it was.
func TestSizesAreReadAsTheyAreWritten(t *testing.T) {
	for _, n := range []int64{1, 1000, 1 << 10, 3 << 19, 16 << 20, 1 << 40, 5<<30 + 1} {
		var back byteSize
		if err := back.Set(plainBytes(n)); err != nil || int64(back) != n {
			t.Errorf("%d is written %s, and read %d, %v", n, plainBytes(n), back, err)
		}
	}
}

func TestListsReplaceTheirDefault(t *testing.T) {
	l := sizes(16 << 20)
	if l.String() != "16MiB" {
		t.Errorf("default %s", l)
	}
	for _, text := range []string{"0,1KiB", " 2MiB"} {
		if err := l.Set(text); err != nil {
			t.Fatal(err)
		}
	}
	if l.String() != "0B,1KiB,2MiB" {
		t.Errorf("got %s", l)
	}
	n := counts(16)
	if err := n.Set("4,auto"); err != nil || n.String() != "4,16" {
		t.Errorf("got %s, %v", n, err)
	}
	for _, wrong := range []string{"", "1,,2", "0", "-1", "x"} {
		if err := counts(16).Set(wrong); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}

func TestLocaleDecidesAsPOSIXSays(t *testing.T) {
	for vars, want := range map[string]bool{
		"": false, "LANG=en_US.UTF-8": true, "LANG=C": false, "LC_ALL=C LANG=en_US.UTF-8": false,
		"LC_CTYPE=de_DE.utf8 LANG=C": true, "LC_ALL=C.UTF-8 LC_CTYPE=C": true,
	} {
		get := func(name string) string {
			for word := range strings.FieldsSeq(vars) {
				if v, ok := strings.CutPrefix(word, name+"="); ok {
					return v
				}
			}
			return ""
		}
		if unicodeTerminal(get) != want {
			t.Errorf("%q: want %v", vars, want)
		}
	}
}

// found is a search over some cells.
func found(best, start tune.Point, cells map[tune.Point]bench.Estimate) *tuned {
	s := &rowSizes{}
	s.Add(1, 1)
	return &tuned{&tune.Outcome{Best: best, Start: start, Cells: cells}, "m.jsonl", `oss://b/<&">`, s}
}

func TestHeatMapAsItIsSeen(t *testing.T) {
	fast, slow := tune.Point{PartSize: 32 << 20, Parallel: 64}, tune.Point{PartSize: 16 << 20, Parallel: 16}
	f := found(fast, slow, map[tune.Point]bench.Estimate{
		fast: {Mean: 1200 << 20, Half: 12 << 20, N: 20}, slow: {Mean: 300 << 20, Half: 3 << 20, N: 20},
	})
	want := `            16     64
  16MiB . 300
  32MiB       [#1200]
  MiB/s, by part size and parts in flight; [ ] is the best, empty not measured
`
	if got := f.heat(false); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := f.verdict(); !strings.Contains(got, "gain: 4.00 times as fast (3.94 to 4.06 with 95 % confidence)") {
		t.Errorf("got %s", got)
	}
	svg := f.svg()
	if strings.Contains(svg, `<&`) || strings.Count(svg, "<rect") != 5 || !strings.Contains(svg, "&lt;&amp;") {
		t.Errorf("got %s", svg)
	}
}

func TestHeatMapOfTheWholeGridFitsTheTerminal(t *testing.T) {
	cells := map[tune.Point]bench.Estimate{}
	for _, size := range tune.Powers[int64](1<<20, 128<<20) {
		for _, n := range tune.Powers(1, 256) {
			cells[tune.Point{PartSize: size, Parallel: n}] = bench.Estimate{Mean: 9999 << 20}
		}
	}
	p := tune.Point{PartSize: 1 << 20, Parallel: 1}
	for line := range strings.Lines(found(p, p, cells).heat(true)) {
		if n := utf8.RuneCountInString(strings.TrimRight(strings.TrimSuffix(line, "\n"), " ")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestNoGainIsSoldForOne(t *testing.T) {
	a, b := tune.Point{PartSize: 1 << 20, Parallel: 1}, tune.Point{PartSize: 2 << 20, Parallel: 1}
	f := found(a, b, map[tune.Point]bench.Estimate{a: {Mean: 110, Half: 10, N: 20}, b: {Mean: 100, Half: 10, N: 20}})
	if got := f.verdict(); !strings.Contains(got, "no gain is certain: 1.10 times") {
		t.Errorf("got %s", got)
	}
	if got := found(a, a, f.Cells).verdict(); !strings.Contains(got, "nothing to gain") {
		t.Errorf("got %s", got)
	}
}
