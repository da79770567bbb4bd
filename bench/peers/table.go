//go:build unix

package main

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"

	"github.com/ingest-dev/ingest/bench/internal/lab"
)

// series is one figure of a pair's runs: ratios of neighbours.
type series []float64

// ratios returns ours/theirs, run by run.
func (p played) ratios(of func(lab.Cost) float64) series {
	var all series
	for i, ours := range p.costs[0] {
		all = append(all, of(ours)/of(p.costs[1][i]))
	}
	return all
}

func cpu(c lab.Cost) float64  { return c.CPU.Seconds() }
func wall(c lab.Cost) float64 { return c.Wall.Seconds() }
func rss(c lab.Cost) float64  { return float64(c.RSS) / (1 << 20) }

// String is the median, and the least and the most.
func (s series) String() string {
	return fmt.Sprintf("%.2f (%.2f-%.2f)", lab.Median(s), slices.Min(s), slices.Max(s))
}

// against is a figure with its bound.
func (s series) against(bound float64) string {
	switch {
	case bound == 0:
		return s.String() + " |"
	case lab.Median(s) > bound:
		return fmt.Sprintf("**%v** | %.2f, broken", s, bound)
	}
	return fmt.Sprintf("%v | %.2f", s, bound)
}

func median(costs []lab.Cost, of func(lab.Cost) float64) float64 {
	var all []float64
	for _, c := range costs {
		all = append(all, of(c))
	}
	return lab.Median(all)
}

// printTable writes what was measured as a table in Markdown.
func printTable(w io.Writer, all []played, runs int) {
	fmt.Fprintf(w, "Medians of %d pairs, each of two runs one right after the other; least and most in brackets.\n\n", runs)
	fmt.Fprintln(w, "| data | ours / theirs | CPU | bound | wall | bound | CPU, ours and theirs | wall, s | peak RSS, MiB |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|")
	for _, p := range all {
		if p.err != nil {
			continue
		}
		fmt.Fprintf(w, "| %s | %s / %s | %s | %s | %s | %s | %s |\n", p.set, p.ours, p.theirs,
			p.ratios(cpu).against(p.cpu), p.ratios(wall).against(p.wall), p.absolute(),
			p.both(wall, "%.2f"), p.both(rss, "%.0f"))
	}
	for _, p := range all {
		if p.err != nil {
			fmt.Fprintf(w, "\n%s, %s / %s: not measured: %s\n", p.set, p.ours, p.theirs, firstLine(p.err))
		}
	}
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

func (p played) both(of func(lab.Cost) float64, format string) string {
	return fmt.Sprintf(format+", "+format, median(p.costs[0], of), median(p.costs[1], of))
}

// absolute is the CPU time by what the set has much of: bytes or objects.
func (p played) absolute() string {
	i := slices.IndexFunc(sets(), func(s set) bool { return s.name == p.set })
	s := sets()[i]
	if p.set == "small" {
		return p.both(func(c lab.Cost) float64 { return cpu(c) / float64(len(s.sizes)) * 1e6 }, "%.0f") + " us/object"
	}
	return p.both(func(c lab.Cost) float64 { return cpu(c) / float64(s.bytes()) * (1 << 30) }, "%.2f") + " s/GiB"
}

// broken lists the bounds that do not hold: those that were measured, and those of a pair that is there and failed.
func broken(all []played, memory bool) (list []string) {
	for _, p := range all {
		switch {
		case p.err == nil:
			list = append(list, p.beyond()...)
			if memory {
				list = append(list, p.bloated()...)
			}
		case p.bounded() && !errors.Is(p.err, exec.ErrNotFound):
			list = append(list, fmt.Sprintf("%s: %s / %s has a bound and was not measured: %s", p.set, p.ours, p.theirs, firstLine(p.err)))
		}
	}
	return list
}

func (p played) bounded() bool { return p.cpu > 0 || p.wall > 0 }

// beyond lists the ratios that are above their bounds.
func (p played) beyond() (list []string) {
	for _, b := range []struct {
		what  string
		of    func(lab.Cost) float64
		bound float64
	}{{"CPU", cpu, p.cpu}, {"wall", wall, p.wall}} {
		if got := lab.Median(p.ratios(b.of)); b.bound > 0 && got > b.bound {
			list = append(list, fmt.Sprintf("%s: %s of %s / %s is %.2f, at most %.2f", p.set, b.what, p.ours, p.theirs, got, b.bound))
		}
	}
	return list
}

// bloated tells of the first run of ours that took more memory than its parts in flight and room.
func (p played) bloated() []string {
	with := settings[p.set]
	most := float64(room+int64(with.parallel)*with.part) / (1 << 20)
	for _, c := range p.costs[0] {
		if rss(c) > most {
			return []string{fmt.Sprintf("%s: peak RSS of %s is %.0f MiB, at most %.0f", p.set, p.ours, rss(c), most)}
		}
	}
	return nil
}
