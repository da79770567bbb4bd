package bench

import "math"

// Estimate is a mean with its confidence interval: with 95 % confidence the truth is within Half of Mean.
type Estimate struct {
	Mean float64
	Half float64 // +Inf where nothing is known: of fewer than two samples
	N    int     // samples
}

// EstimateOf returns the mean of samples that follow each other in time. The interval is Student's. Where a sample is
// like the one before it they say less than their number, and the interval is as much wider as it should then be
// (the variance of a mean of a first-order autoregressive series).
func EstimateOf(samples []float64) Estimate {
	e := Estimate{N: len(samples), Half: math.Inf(1)}
	for _, s := range samples {
		e.Mean += s / float64(e.N)
	}
	if e.N < 2 {
		return e
	}
	var variance, covariance float64
	for i, s := range samples {
		variance += (s - e.Mean) * (s - e.Mean)
		if i > 0 {
			covariance += (s - e.Mean) * (samples[i-1] - e.Mean)
		}
	}
	if variance == 0 {
		e.Half = 0
		return e
	}
	alike := min(max(0, covariance/variance), 0.9)
	n := float64(e.N)
	e.Half = student(e.N-1) * math.Sqrt(variance/(n-1)/n*(1+alike)/(1-alike))
	return e
}

// Within reports whether the interval is no wider than a share of the mean, to either side.
func (e Estimate) Within(share float64) bool { return e.N > 1 && e.Half <= share*e.Mean }

// Share is Half as a share of the mean; +Inf where nothing is known.
func (e Estimate) Share() float64 {
	if e.Half == 0 {
		return 0
	}
	return e.Half / math.Abs(e.Mean)
}

// Times returns the estimate in another unit.
func (e Estimate) Times(factor float64) Estimate {
	return Estimate{e.Mean * factor, e.Half * math.Abs(factor), e.N}
}

// Over returns by how much e is more than another that was measured independently: the quotient of both.
func (e Estimate) Over(other Estimate) Estimate {
	q := Estimate{Mean: e.Mean / other.Mean, N: min(e.N, other.N)}
	q.Half = q.Mean * math.Hypot(e.Share(), other.Share())
	return q
}

// student returns the 97.5 % quantile of Student's distribution.
func student(freedom int) float64 {
	table := [...]float64{
		12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
		2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
	}
	if freedom <= len(table) {
		return table[freedom-1]
	}
	return 1.96 + 2.5/float64(freedom) // off by less than 0.002
}
