package bench

import "math/bits"

// Sizes is a histogram of the sizes of objects, by powers of two. The zero value is empty.
type Sizes struct {
	classes [64]class
	Largest int64
}

// class counts objects whose sizes have the same highest bit; the first one, objects without bytes.
type class struct{ objects, bytes float64 }

// Add counts so many objects of a size in bytes.
func (s *Sizes) Add(size int64, objects float64) {
	c := &s.classes[bits.Len64(uint64(max(0, size)))]
	c.objects += objects
	c.bytes += objects * float64(size)
	s.Largest = max(s.Largest, size)
}

// Objects returns how many were counted, and Bytes how many bytes they have.
func (s *Sizes) Objects() float64 {
	var n float64
	for _, c := range s.classes {
		n += c.objects
	}
	return n
}

// Bytes returns how many bytes the objects have.
func (s *Sizes) Bytes() float64 {
	var n float64
	for _, c := range s.classes {
		n += c.bytes
	}
	return n
}

// Work is objects of made bytes in the same proportion: a flow for each class, of objects of its mean size.
func (s *Sizes) Work() Work {
	var w Work
	for _, c := range s.classes {
		if c.objects > 0 {
			mean := int64(c.bytes/c.objects + 0.5)
			w = append(w, Flow{Items: []Item{{Size: mean}}, Weight: c.objects * (float64(mean) + perRequest)})
		}
	}
	return w
}
