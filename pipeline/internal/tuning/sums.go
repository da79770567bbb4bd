package tuning

// sums are of requests that ended: of how many there were, of the bytes b that they brought into the store, and of the
// seconds t that they took.
type sums struct {
	n, t, tt     float64
	served       float64 // how many did not fail; only they count below
	b, bb, bt, s float64 // s is of their seconds
}

// add counts a request with so many bytes, or less than 0 if it failed.
func (s *sums) add(bytes int64, t float64) {
	s.n++
	s.t += t
	s.tt += t * t
	if bytes < 0 {
		return
	}
	b := float64(bytes)
	s.served++
	s.b += b
	s.bb += b * b
	s.bt += b * t
	s.s += t
}

// The least and the most that a request is worth besides its bytes.
const (
	leastWorth = 64 << 10
	mostWorth  = 64 << 20
)

// worth is how many bytes take as long as a request does without any, by the line of least squares through the
// requests' times. Small and large ones are added up by it with the least noise: a mix of sizes that changes from epoch
// to epoch is no change of goodput, be it bound by the store's latency or by a link.
func (s sums) worth() float64 {
	if s.served < 2 {
		return mostWorth
	}
	b, t := s.b/s.served, s.s/s.served
	slope := (s.bt/s.served - b*t) / (s.bb/s.served - b*b)
	if !(slope > 0) { // all of one size, or larger ones are no slower
		return mostWorth
	}
	return min(max(t/slope-b, leastWorth), mostWorth)
}

// work is what was done, in bytes.
func (s sums) work(worth float64) float64 { return s.b + worth*s.served }

// variance is that of the logarithm of work a second.
func (s sums) variance(worth float64) float64 {
	r := s.t / s.work(worth)
	squares := s.bb + 2*worth*s.b + worth*worth*s.served // of work
	products := s.bt + worth*s.s                         // of work and seconds
	return max(s.tt-2*r*products+r*r*squares, 0) / (s.t * s.t)
}
