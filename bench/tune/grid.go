package tune

import "slices"

// Point is a setting.
type Point struct {
	PartSize int64 // bytes
	Parallel int   // parts in flight
}

// cost is the memory that a setting takes: of two that are as fast the cheaper one is better.
func (p Point) cost() int64 { return p.PartSize * int64(p.Parallel) }

// Grid is the settings among which to search. Both lists ascend.
type Grid struct {
	PartSizes []int64
	Parallels []int
	Fits      func(Point) bool // there is room for it; nil: for all
}

// Powers returns the powers of two from the least that is not below from, to the largest that is not above to, and at
// least that one.
func Powers[N int | int64](from, to N) []N {
	n := N(1)
	for n < from {
		n *= 2
	}
	list := []N{n}
	for n *= 2; n <= to; n *= 2 {
		list = append(list, n)
	}
	return list
}

// fits reports whether a point is of the grid, and may be measured.
func (g *Grid) fits(p Point) bool { return g.Fits == nil || g.Fits(p) }

// Points lists the settings that fit.
func (g *Grid) Points() []Point {
	var all []Point
	for _, size := range g.PartSizes {
		for _, n := range g.Parallels {
			if p := (Point{size, n}); g.fits(p) {
				all = append(all, p)
			}
		}
	}
	return all
}

// Nearest returns the setting of the grid from which to start for a wish: the largest not above it, in both, or else
// the least.
func (g *Grid) Nearest(p Point) Point {
	size := g.PartSizes[below(g.PartSizes, p.PartSize)]
	for i := below(g.Parallels, p.Parallel); i > 0; i-- {
		if at := (Point{size, g.Parallels[i]}); g.fits(at) {
			return at
		}
	}
	return Point{size, g.Parallels[0]}
}

func below[N int | int64](list []N, n N) int {
	i, found := slices.BinarySearch(list, n)
	if !found {
		i--
	}
	return max(0, i)
}

// acrossParallel is the line on which the number of parts varies. Where there is no room for parts of the size, they
// are as large as there is room for: the line follows the edge.
func (g *Grid) acrossParallel(at Point) []Point {
	var line []Point
	for _, n := range g.Parallels {
		for i := below(g.PartSizes, at.PartSize); i >= 0; i-- {
			if p := (Point{g.PartSizes[i], n}); g.fits(p) {
				line = append(line, p)
				break
			}
		}
	}
	return line
}

// acrossPartSize is the line on which the part size varies, and the number of parts where there is no room for more.
func (g *Grid) acrossPartSize(at Point) []Point {
	var line []Point
	for _, size := range g.PartSizes {
		for i := below(g.Parallels, at.Parallel); i >= 0; i-- {
			if p := (Point{size, g.Parallels[i]}); g.fits(p) {
				line = append(line, p)
				break
			}
		}
	}
	return line
}
