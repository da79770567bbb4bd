package tuning

import (
	"math"
	"sync"
	"time"
)

// Meter adds up what requests took. The zero value is ready; it is safe for concurrent use. Times are since some
// moment of the caller's.
//
// Goodput is not counted in the time that passed, but taken from how long requests took, by Little's law: so many in
// flight, for so much work in so much time each. Large parts come in gusts, all that began together end together, and
// a count would depend on how many gusts fell into the time.
type Meter struct {
	mu    sync.Mutex
	epoch int
	since time.Duration // when the epoch began

	flying int           // requests in flight
	starts time.Duration // sum of when they began
	ended  time.Duration // sum of how long all others took
	busy   time.Duration // sum of how long all took up to since
	last   time.Duration // how long the requests of the last epoch took, on average

	done sums // of the requests that began and ended in this epoch
}

// Ticket is a request in flight.
type Ticket struct {
	epoch int
	at    time.Duration
}

// Begin notes that a request begins. Each ticket is given back once, by End.
func (m *Meter) Begin(now time.Duration) Ticket {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.flying++
	m.starts += now
	return Ticket{m.epoch, now}
}

// End notes that a request ended which has brought n bytes into the store, or less than 0 if it failed.
func (m *Meter) End(t Ticket, now time.Duration, n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.flying--
	m.starts -= t.at
	m.ended += now - t.at
	if t.epoch != m.epoch {
		return
	}
	m.done.add(n, (now - t.at).Seconds())
}

// turn begins a new epoch.
func (m *Meter) turn(now time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.done.n > 0 { // else it is what it was
		m.last = time.Duration(m.done.t / m.done.n * float64(time.Second))
	}
	m.epoch++
	m.since, m.busy, m.done = now, m.took(now), sums{}
}

// took is how long all requests took up to now.
func (m *Meter) took(now time.Duration) time.Duration {
	return m.ended + time.Duration(m.flying)*now - m.starts
}

// sample is what an epoch shows so far.
type sample struct {
	sums
	flying float64       // requests in flight, on average
	now    int           // requests in flight now
	lasts  time.Duration // the epoch
	took   time.Duration // a request of the last epoch, on average
}

func (m *Meter) look(now time.Duration) sample {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := sample{sums: m.done, now: m.flying, lasts: now - m.since, took: m.last}
	if s.lasts > 0 {
		s.flying = (m.took(now) - m.busy).Seconds() / s.lasts.Seconds()
	}
	return s
}

// goodput is the logarithm of the work a second, where a request is worth so many bytes besides its own, and the
// variance of it.
func (s sample) goodput(worth float64) belief {
	return belief{math.Log(s.flying * s.work(worth) / s.t), s.variance(worth)}
}
