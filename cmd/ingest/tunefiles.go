package main

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/ingest-dev/ingest/bench/tune"
)

// How the files begin that tune writes. It writes over nothing that begins otherwise.
const (
	svgStart     = `<svg xmlns="http://www.w3.org/2000/svg" data-by="ingest tune"`
	profileStart = "# Found by ingest tune"
)

// output is a file that a flag names.
type output struct{ flag, path, start string }

// checkOutputs finds out before anything is sent if files can be written, and that they are none that is needed.
func checkOutputs(manifest string, outputs ...output) error {
	own := map[string]string{absolute(manifest): "the manifest"}
	for _, o := range outputs {
		if o.path == "" {
			continue
		}
		if other, twice := own[absolute(o.path)]; twice {
			return usagef("%s %s: that is %s: give it another name", o.flag, o.path, other)
		}
		own[absolute(o.path)] = "the file of " + o.flag
		if err := o.check(); err != nil {
			return err
		}
	}
	return nil
}

// check writes nothing: it makes a file beside the one that is to be, and removes it.
func (o output) check() error {
	info, err := os.Stat(o.path)
	if err == nil && info.IsDir() {
		return usagef("%s %s: it is a directory", o.flag, o.path)
	}
	if err == nil && !info.Mode().IsRegular() {
		return nil // a pipe or a device takes what it takes
	}
	if err == nil && info.Size() > 0 && !beginsWith(o.path, o.start) {
		return usagef("%s %s: it is there, and is not of ingest tune: give it another name, or remove it", o.flag, o.path)
	}
	probe, err := os.CreateTemp(filepath.Dir(o.path), ".ingest-tune-*")
	if err != nil {
		return usagef("%s %s: %w", o.flag, o.path, err)
	}
	return cmp.Or(probe.Close(), os.Remove(probe.Name()))
}

func beginsWith(path, start string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(start))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == start
}

// write writes the files that were asked for.
func (t *tuned) write(svg, profile string) error {
	for path, text := range map[string]func() string{svg: t.svg, profile: t.profile} {
		if path == "" {
			continue
		}
		err := writeFile(path, func(w io.Writer) error {
			_, err := io.WriteString(w, text())
			return err
		})
		if err != nil {
			return &exit{exitFailed, fmt.Errorf("write %s: %w", path, err)}
		}
	}
	return nil
}

// profile is what was found as --config takes it.
func (t *tuned) profile() string {
	return fmt.Sprintf("%s for %s to %s:\n# %s\npart-size: %s\nparallel: %d\n", profileStart, safe(t.manifest), safe(t.url),
		strings.ReplaceAll(strings.TrimSuffix(t.verdict(), "\n"), "\n", "\n# "), plainBytes(t.Best.PartSize), t.Best.Parallel)
}

// Of a cell of the drawing, in pixels.
const (
	cellWidth  = 72
	cellHeight = 36
	svgMargin  = 90
)

// svg draws what was measured: the darker, the faster.
func (t *tuned) svg() string {
	sizes, parallels := t.axes()
	width, height := svgMargin+cellWidth*len(parallels)+10, svgMargin+cellHeight*len(sizes)
	var b strings.Builder
	fmt.Fprintf(&b, "%s width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"13\">\n", svgStart, width, height)
	fmt.Fprintf(&b, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n")
	fmt.Fprintf(&b, "<text x=\"10\" y=\"22\">%s to %s: part size by parts in flight</text>\n",
		html.EscapeString(safe(t.manifest)), html.EscapeString(safe(t.url)))
	for i, n := range parallels {
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"50\" text-anchor=\"middle\">%d</text>\n", svgMargin+cellWidth*i+cellWidth/2, n)
	}
	for j, size := range sizes {
		y := 60 + cellHeight*j
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", svgMargin-8, y+cellHeight*2/3, plainBytes(size))
		for i, n := range parallels {
			b.WriteString(t.svgCell(tune.Point{PartSize: size, Parallel: n}, svgMargin+cellWidth*i, y))
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// svgCell draws a setting; one that was not measured is left white.
func (t *tuned) svgCell(p tune.Point, x, y int) string {
	e, measured := t.Cells[p]
	if !measured {
		return fmt.Sprintf("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"white\" stroke=\"#ddd\"/>\n", x, y, cellWidth, cellHeight)
	}
	share := min(1, max(0, t.share(p)))
	ink, edge, thick := "black", "#ddd", 1
	if share > 0.6 {
		ink = "white"
	}
	if p == t.Best {
		edge, thick = "#d00", 3
	}
	return fmt.Sprintf("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"rgb(%d,%d,%d)\" stroke=\"%s\" stroke-width=\"%d\"/>\n"+
		"<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"%s\">%s</text>\n",
		x, y, cellWidth, cellHeight, int(240-216*share), int(246-180*share), int(255-120*share), edge, thick,
		x+cellWidth/2, y+cellHeight*2/3, ink, t.svgValue(e.Mean))
}

func (t *tuned) svgValue(speed float64) string {
	if t.inBytes() {
		return humanBytes(int64(speed)) + "/s"
	}
	return figures(speed) + "/s"
}
