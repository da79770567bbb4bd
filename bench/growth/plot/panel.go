package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
)

// The picture, in pixels. A panel has room around its plot for what is written there.
const (
	width, panelHeight       = 760, 300
	left, right, above, down = 70, 20, 56, 52
	inset                    = 30 // of the first and the last point
)

const header = `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" role="img" aria-label="CPU time per object and per GiB as the work grows">
<style>
text { font: 13px system-ui, "DejaVu Sans", sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 15px }
.small { font-size: 12px; fill: #57606a }
.grid { stroke: #d0d7de; stroke-width: 1 }
.band { fill: #ddf4e4 }
.mid { stroke: #2da44e; stroke-width: 1; stroke-dasharray: 4 3 }
.line { stroke: #0969da; stroke-width: 2; fill: none }
.range { stroke: #0969da; stroke-width: 1.5; opacity: .55 }
.dot { fill: #0969da }
</style>
<rect width="100%%" height="100%%" fill="#fff"/>
`

// panel is one series over the size of the work, which grows by factors.
type panel struct {
	top            int
	title, unit, y string
	scale          float64 // from seconds to y
	points         []point
}

// x is where a size stands.
func (p panel) x(n float64) float64 {
	first, last := p.points[0].n, p.points[len(p.points)-1].n
	return left + inset + (width-left-right-2*inset)*math.Log(n/first)/math.Max(math.Log(last/first), 1e-9)
}

// at is where a value stands. The axis begins at 0, so that flat looks flat.
func (p panel) at(seconds float64) float64 {
	return float64(p.top+panelHeight-down) - (panelHeight-above-down)*seconds*p.scale/p.ceiling()
}

// ceiling is the end of the axis: a round number with room above the largest value.
func (p panel) ceiling() float64 {
	most := 0.0
	for _, q := range p.points {
		most = math.Max(most, q.most*p.scale*1.12)
	}
	step := math.Pow(10, math.Floor(math.Log10(most)))
	for _, f := range []float64{1, 1.5, 2, 2.5, 3, 4, 5, 6, 8} {
		if f*step >= most {
			return f * step
		}
	}
	return 10 * step
}

// middle is the median of the points: flat is within a tenth of it.
func (p panel) middle() float64 {
	var all []float64
	for _, q := range p.points {
		all = append(all, q.mid)
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

func (p panel) draw(w io.Writer) {
	if len(p.points) == 0 {
		return
	}
	fmt.Fprintf(w, `<text class="title" x="%d" y="%d">%s, %s</text>`+"\n", left, p.top+24, p.title, p.y)
	p.axes(w)
	p.band(w)
	p.series(w)
}

func (p panel) axes(w io.Writer) {
	for i := range 5 {
		value := p.ceiling() * float64(i) / 4
		y := p.at(value / p.scale)
		fmt.Fprintf(w, `<line class="grid" x1="%d" y1="%.1f" x2="%d" y2="%.1f"/>`, left, y, width-right, y)
		fmt.Fprintf(w, `<text class="small" x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", left-8, y+4, strconv.FormatFloat(value, 'g', 4, 64))
	}
	bottom := p.top + panelHeight - down
	for _, q := range p.points {
		fmt.Fprintf(w, `<text class="small" x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", p.x(q.n), bottom+18, grouped(int(q.n)))
	}
	fmt.Fprintf(w, `<text x="%d" y="%d" text-anchor="middle">%s</text>`+"\n", (left+width-right)/2, bottom+38, p.unit)
}

// band is where points are flat: within 10 % of their median.
func (p panel) band(w io.Writer) {
	high, low := p.at(1.1*p.middle()), p.at(0.9*p.middle())
	fmt.Fprintf(w, `<rect class="band" x="%d" y="%.1f" width="%d" height="%.1f"/>`, left, high, width-left-right, low-high)
	mid := p.at(p.middle())
	fmt.Fprintf(w, `<line class="mid" x1="%d" y1="%.1f" x2="%d" y2="%.1f"/>`, left, mid, width-right, mid)
	fmt.Fprintf(w, `<text class="small" x="%d" y="%.1f" text-anchor="end">± 10 %% of the median</text>`+"\n", width-right-4, low+14)
}

// series is the medians with a line through them, and from the least to the most of each.
func (p panel) series(w io.Writer) {
	path := "M"
	for i, q := range p.points {
		if i > 0 {
			path += " L"
		}
		path += fmt.Sprintf("%.1f %.1f", p.x(q.n), p.at(q.mid))
	}
	fmt.Fprintf(w, `<path class="line" d="%s"/>`+"\n", path)
	for _, q := range p.points {
		x := p.x(q.n)
		fmt.Fprintf(w, `<line class="range" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`, x, p.at(q.least), x, p.at(q.most))
		fmt.Fprintf(w, `<circle class="dot" cx="%.1f" cy="%.1f" r="4"/>`, x, p.at(q.mid))
		fmt.Fprintf(w, `<text x="%.1f" y="%.1f" text-anchor="middle">%s</text>`+"\n", x, p.at(q.most)-8, strconv.FormatFloat(q.mid*p.scale, 'f', digits(q.mid*p.scale), 64))
	}
}

// digits shows three of them.
func digits(v float64) int { return max(0, 2-int(math.Floor(math.Log10(math.Max(v, 1e-9))))) }

// grouped writes a number with its thousands apart.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
