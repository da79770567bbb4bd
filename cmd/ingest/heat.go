package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ingest-dev/ingest/bench/tune"
)

// axes are the part sizes and the numbers of parts in flight that were measured.
func (t *tuned) axes() (sizes []int64, parallels []int) {
	for _, p := range t.points() {
		sizes, parallels = append(sizes, p.PartSize), append(parallels, p.Parallel)
	}
	slices.Sort(sizes)
	slices.Sort(parallels)
	return slices.Compact(sizes), slices.Compact(parallels)
}

// shades are as dark as a setting is fast; each begins at its share of the best.
func shades(unicode bool) []string {
	if unicode {
		return []string{" ", "░", "▒", "▓", "█"}
	}
	return []string{" ", ".", ":", "*", "#"}
}

// shadeOf returns which of n shades a share of the best has.
func shadeOf(share float64, n int) int { return min(n-1, max(0, int(share*float64(n)))) }

// heat draws what was measured: a row for each part size, a column for each number of parts in flight, in 80 columns
// for nine of them. The best is marked.
func (t *tuned) heat(unicode bool) string {
	sizes, parallels := t.axes()
	var b strings.Builder
	fmt.Fprintf(&b, "%-7s", "")
	for _, n := range parallels {
		fmt.Fprintf(&b, "%7d", n)
	}
	b.WriteString("\n")
	for _, size := range sizes {
		line := fmt.Sprintf("%7s", plainBytes(size))
		for _, n := range parallels {
			line += t.heatOf(tune.Point{PartSize: size, Parallel: n}, shades(unicode))
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	unit := "objects/s"
	if t.inBytes() {
		unit = "MiB/s"
	}
	fmt.Fprintf(&b, "  %s, by part size and parts in flight; [ ] is the best, empty not measured\n", unit)
	return b.String()
}

// heatOf is a cell of seven columns.
func (t *tuned) heatOf(p tune.Point, shades []string) string {
	e, measured := t.Cells[p]
	if !measured {
		return strings.Repeat(" ", 7)
	}
	shade := shades[shadeOf(t.share(p), len(shades))]
	value := e.Mean
	if t.inBytes() {
		value /= 1 << 20
	}
	left, right := " ", " "
	if p == t.Best {
		left, right = "[", "]"
	}
	return left + shade + fmt.Sprintf("%4s", fourColumns(value)) + right
}

// share is the speed of a setting in relation to the fastest that was measured.
func (t *tuned) share(p tune.Point) float64 {
	most := 0.0
	for _, e := range t.Cells {
		most = max(most, e.Mean)
	}
	if most == 0 {
		return 1
	}
	return t.Cells[p].Mean / most
}

// fourColumns is a number in at most four columns.
func fourColumns(x float64) string {
	switch {
	case x < 9.95:
		return fmt.Sprintf("%.1f", x)
	case x < 9999.5:
		return fmt.Sprintf("%.0f", x)
	case x < 999.5e3:
		return fmt.Sprintf("%.0fk", x/1e3)
	}
	return fmt.Sprintf("%.0fM", x/1e6)
}

// unicodeTerminal reports whether the locale says that letters beyond ASCII can be shown.
func unicodeTerminal(get func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} { // the first that is set decides, says POSIX
		if v := strings.ToLower(get(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}
