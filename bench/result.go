package bench

import (
	"math"
	"time"
)

// Result is what a measurement found.
type Result struct {
	Setting
	ObjectSize float64  // mean, in bytes
	Rate       Estimate // bytes a second
	Objects    Estimate // objects a second
	Slice      time.Duration
	Slices     []Amount      // of which Rate and Objects are the means; they follow each other
	Total      Amount        // of all slices
	CPU        time.Duration // of the process, user and system, in the time of the slices
	Latencies  [Stages]Latency

	Sent      int64 // bytes, the warm-up's included
	Requests  int64 // of every kind, the warm-up's included
	Retries   int64
	Throttled int64
}

// Speed is how fast the work goes on: bytes a second, or objects a second where these have none.
func (r *Result) Speed() Estimate {
	if r.Rate.Mean > 0 {
		return r.Rate
	}
	return r.Objects
}

// Samples are the speeds of the slices, in the unit of Speed.
func (r *Result) Samples() []float64 {
	of := func(a Amount) float64 { return a.Bytes }
	if r.Rate.Mean == 0 {
		of = func(a Amount) float64 { return a.Objects }
	}
	return samplesOf(r.Slices, r.Slice, of)
}

// Seconds is the time of the slices.
func (r *Result) Seconds() float64 { return r.Slice.Seconds() * float64(len(r.Slices)) }

// CPUPerGiB returns seconds of CPU for a GiB that was sent; NaN where no bytes were.
func (r *Result) CPUPerGiB() float64 { return r.CPU.Seconds() / (r.Total.Bytes / (1 << 30)) }

// CPUPerObject returns the CPU time for an object, of any size.
func (r *Result) CPUPerObject() time.Duration {
	if r.Total.Objects == 0 {
		return 0
	}
	return time.Duration(float64(r.CPU) / r.Total.Objects)
}

// result is what can be said of a run that is over, to its end or not.
func (r *run) result(w Work) *Result {
	slices, slice := r.line.between(r.from.at, r.to.at), r.effort.Slice
	if len(slices) == 0 {
		slices, slice = r.short()
	}
	res := &Result{
		Setting: r.setting, ObjectSize: w.size(), Slice: slice, Slices: slices, Latencies: r.latencies(),
		Rate:    ratesOf(slices, slice, func(a Amount) float64 { return a.Bytes }),
		Objects: ratesOf(slices, slice, func(a Amount) float64 { return a.Objects }),
		Sent:    r.counters.BytesSent.Load(), Requests: r.counters.Requests.Load(),
		Retries: r.counters.Retries.Load(), Throttled: r.counters.Throttled.Load(),
	}
	for _, a := range slices {
		res.Total.add(a, 1)
	}
	if time := (r.to.at - r.from.at).Seconds(); time > 0 {
		res.CPU = scaled(r.to.cpu-r.from.cpu, res.Seconds()/time)
	}
	return res
}

// short is the one slice that a run is of which was over before it was warm.
func (r *run) short() ([]Amount, time.Duration) {
	r.from = r.start
	var all Amount
	for _, a := range r.line.slices {
		all.add(a, 1)
	}
	if all.Requests == 0 || r.to.at <= 0 {
		return nil, r.effort.Slice
	}
	return []Amount{all}, r.to.at
}

func scaled(d time.Duration, factor float64) time.Duration {
	return time.Duration(math.Round(float64(d) * factor))
}

func (r *run) latencies() (all [Stages]Latency) {
	var sum time.Duration
	for s := range r.latency {
		sum += r.latency[s].Sum()
	}
	for s := range all {
		k := &r.latency[s]
		all[s] = Latency{
			Stage: Stage(s), Share: float64(k.Sum()) / float64(max(1, sum)),
			P50: k.Quantile(0.5), P90: k.Quantile(0.9), P99: k.Quantile(0.99), Max: k.Max(),
		}
	}
	return all
}
