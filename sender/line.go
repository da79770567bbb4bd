package sender

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// A line lets as much pass at once as its pace allows in lineBurst, so that a late timer costs nothing. Whoever is next
// looks every lineLook, at the least, whether the rate has changed.
const (
	lineBurst = 50 * time.Millisecond
	lineLook  = 250 * time.Millisecond
)

// line is where requests wait, one behind the other, while a store wants less. Waiting here and nowhere else is what
// lets a run take up its work again as soon as the store does: nobody sleeps through the peace, and as they leave one
// by one, nobody meets a herd.
//
// A line without a pace costs a request one atomic load.
type line struct {
	longest time.Duration // the most time between two that pass: who never asks never hears of the peace
	paced   atomic.Bool
	turn    chan struct{} // full: somebody is next. Go wakes the others in the order in which they came.

	mu     sync.Mutex
	pace   pace
	purse  float64   // units that may pass; less than 0 after a large one
	filled time.Time // up to when the purse was filled
	passed time.Time // when somebody last passed
	held   time.Time // when somebody last had to wait
}

func newLine(longest time.Duration) *line {
	return &line{longest: longest, turn: make(chan struct{}, 1)}
}

// wait returns when a request of so many units may pass. The gate is kept too, by the one who is next.
func (l *line) wait(ctx context.Context, quit <-chan struct{}, g *gate, units float64) error {
	if !l.limits() {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-quit:
		return ErrQuitting
	case l.turn <- struct{}{}:
	}
	defer func() { <-l.turn }()
	for l.limits() {
		left := g.left()
		if left <= 0 {
			left = min(l.take(units, time.Now()), lineLook)
		}
		if left <= 0 {
			break
		}
		if err := sleep(ctx, quit, left); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// limits reports whether anybody has to wait. A pace that only measures holds nobody back.
func (l *line) limits() bool {
	if !l.paced.Load() {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return !math.IsInf(l.pace.rate(), 1)
}

// take lets units pass and returns 0, or how long the next one has to wait.
func (l *line) take(units float64, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	rate := l.pace.rate()
	if math.IsInf(rate, 1) {
		return 0
	}
	l.purse = min(l.purse+rate*now.Sub(l.filled).Seconds(), rate*lineBurst.Seconds())
	l.filled = now
	left := min(-l.purse/rate, (l.longest - now.Sub(l.passed)).Seconds())
	if left > 0 {
		l.held = now
		return max(time.Duration(left*float64(time.Second)), 1)
	}
	l.purse = max(l.purse, 0) - units
	l.passed = now
	return 0
}

// serve takes note of an answer that was no refusal.
func (l *line) serve(a answer) {
	if !l.paced.Load() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pace.serve(a)
	if l.pace.peaceful() && a.at.Sub(l.held) >= calm {
		l.paced.Store(false)
	}
}

// refuse takes note of an answer by which the store wanted less: it was the first in a long time, the rate was cut
// for it, or neither.
func (l *line) refuse(a answer) (first, cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.paced.Load() {
		l.pace, l.purse, l.filled = newPace(a), 0, a.at
		l.paced.Store(true)
		return true, false
	}
	return false, l.pace.refuse(a)
}
