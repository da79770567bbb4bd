package hasher

// Set is a set of algorithms. Its zero value is empty.
type Set uint16

// SetOf returns the set of the algorithms given. [None] is ignored, and so is a number that names no algorithm.
func SetOf(algorithms ...Algorithm) Set {
	var s Set
	for _, a := range algorithms {
		if a.Size() > 0 {
			s |= 1 << a
		}
	}
	return s
}

// Has reports whether a is in the set. [None] is in no set.
func (s Set) Has(a Algorithm) bool { return s&(1<<a) != 0 }

// single reports whether the set has at most one algorithm.
func (s Set) single() bool { return s&(s-1) == 0 }
