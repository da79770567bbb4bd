package hasher

// Whole combines the checksums of an object's parts, in their order, into that of the object. The zero value is
// ready. It is for one goroutine at a time.
//
// Parts are usually of one size, and so Whole keeps what that size takes to work out: adding another part of it
// takes a twentieth of the time of [Combine].
type Whole struct {
	sum   Checksum
	err   error // the first one: from then on the sum would be that of something else
	size  int64 // of the part added last
	shift uint64
}

// Add adds the checksum of the next part, which is n bytes long. It fails with [ErrNotCombining], and then goes on
// failing. One part alone may be of any algorithm, as there is nothing to combine.
func (w *Whole) Add(c Checksum, n int64) error {
	if w.err == nil {
		w.err = w.add(c, n)
	}
	return w.err
}

func (w *Whole) add(c Checksum, n int64) error {
	if w.sum.IsZero() && !c.IsZero() {
		w.sum = c
		return nil
	}
	if err := combinable(w.sum, c, n); err != nil {
		return err
	}
	p := polynomials[c.Algorithm]
	if w.shift == 0 || w.size != n {
		w.size, w.shift = n, p.shift(n)
	}
	w.sum = combine(p, w.sum, c, w.shift)
	return nil
}

// Sum returns the checksum of all parts added, or the zero Checksum if there are none or one of them could not
// be added.
func (w *Whole) Sum() Checksum {
	if w.err != nil {
		return Checksum{}
	}
	return w.sum
}
