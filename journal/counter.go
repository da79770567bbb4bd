package journal

import "github.com/RoaringBitmap/roaring/v2"

// counter counts, for every row, the outcomes that a later one superseded. It is a binary number per row, stood
// upright: plane i holds the rows whose count has bit i. Rows that were settled once, nearly all, cost nothing,
// and the others a few bits. The zero value counts nothing.
type counter struct {
	planes []*roaring.Bitmap
}

// add counts one more of the row.
func (c *counter) add(row uint32) {
	for _, p := range c.planes {
		if p.CheckedAdd(row) {
			return
		}
		p.Remove(row) // 1 and 1 is 0, carry 1
	}
	p := roaring.New()
	p.Add(row)
	c.planes = append(c.planes, p)
}

// take counts one less of the row, and reports whether there was one.
func (c *counter) take(row uint32) bool {
	for i, p := range c.planes {
		if p.CheckedRemove(row) {
			for _, lower := range c.planes[:i] {
				lower.Add(row) // borrowed
			}
			return true
		}
	}
	return false
}

func (c *counter) clone() *counter {
	d := &counter{}
	for _, p := range c.planes {
		d.planes = append(d.planes, p.Clone())
	}
	return d
}
