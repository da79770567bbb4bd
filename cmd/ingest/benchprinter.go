package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/bench"
	"github.com/spf13/cobra"
)

// benchPrinter writes results for whoever reads stdout.
type benchPrinter interface {
	print(r *bench.Result) error
	end(left bench.Rest, exit int) error
}

func (c *benchCommand) printer(cmd *cobra.Command, g *benchGround) benchPrinter {
	w := cmd.OutOrStdout()
	switch {
	case c.json:
		return &benchJSON{w: w, about: benchAbout{URL: c.url, Prefix: g.prefix, System: machine()}}
	case c.format == "gobench":
		return &goBench{w: w, url: c.url}
	}
	return &benchTable{w: w}
}

// benchTable writes a line and a table of stages for each setting, in 80 columns.
type benchTable struct{ w io.Writer }

const (
	benchHead = "%-9s %-8s %8s  %16s %11s %10s %10s\n"
	stageHead = "  %-9s %6s %10s %10s %10s %10s\n"
)

func (t *benchTable) print(r *bench.Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, benchHead, "SIZE", "PART", "PARALLEL", "GiB/s", "OBJECTS/s", "CPU s/GiB", "us/OBJECT")
	fmt.Fprintf(&b, benchHead, meanSize(r), plainBytes(r.PartSize), humanCount(int64(r.Parallel)),
		withDoubt(r.Rate.Times(1.0/(1<<30))), figures(r.Objects.Mean), figures(r.CPUPerGiB()),
		figures(float64(r.CPUPerObject())/float64(time.Microsecond)))
	fmt.Fprintf(&b, stageHead, "STAGE", "SHARE", "P50", "P90", "P99", "MAX")
	for _, s := range r.Latencies {
		fmt.Fprintf(&b, stageHead, s.Stage, fmt.Sprintf("%.0f %%", 100*s.Share),
			shortTime(s.P50), shortTime(s.P90), shortTime(s.P99), shortTime(s.Max))
	}
	fmt.Fprintf(&b, "  %s in %s, %s requests (%s repeated, %s throttled)\n\n", humanBytes(int64(r.Total.Bytes)),
		humanTime(r.Seconds()), humanCount(r.Requests), humanCount(r.Retries), humanCount(r.Throttled))
	_, err := io.WriteString(t.w, b.String())
	return err
}

func (t *benchTable) end(bench.Rest, int) error { return nil }

// meanSize is the size of the objects.
func meanSize(r *bench.Result) string {
	n := int64(r.ObjectSize + 0.5)
	if text := plainBytes(n); len(text) < 8 {
		return text
	}
	return strings.ReplaceAll(humanBytes(n), " ", "")
}

// withDoubt is an estimate with the half width of its confidence interval.
func withDoubt(e bench.Estimate) string {
	if math.IsInf(e.Half, 0) || e.Mean == 0 {
		return figures(e.Mean)
	}
	return fmt.Sprintf("%s ± %.1f %%", figures(e.Mean), 100*e.Share())
}

// figures is a number with three figures that count.
func figures(x float64) string {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return "-"
	case math.Abs(x) >= 100:
		return humanCount(int64(x + 0.5))
	}
	return fmt.Sprintf("%.3g", x)
}

// shortTime is a duration with three figures that count.
func shortTime(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "us"}} {
		if d >= unit.of {
			return figures(float64(d)/float64(unit.of)) + unit.name
		}
	}
	return fmt.Sprintf("%dns", d)
}
