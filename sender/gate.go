package sender

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// gateSpread bounds the time over which those who waited at a gate come out of it.
const gateSpread = time.Second

// gate is a pause that all requests share. Closing it never shortens a pause; those who waited leave one by one,
// spread over as long again as they waited, at most gateSpread, so that they do not fall upon the store as a herd.
type gate struct {
	start time.Time    // what until counts from; by the monotonic clock
	until atomic.Int64 // nanoseconds after start; 0: never closed
}

// open reports whether nobody needs to wait. It costs one atomic load as long as the gate was never closed.
func (g *gate) open() bool { return g.left() <= 0 }

// left returns how long the gate stays closed, 0 or less if it is open.
func (g *gate) left() time.Duration {
	until := g.until.Load()
	if until == 0 {
		return 0
	}
	return time.Duration(until) - time.Since(g.start)
}

// close makes everyone wait until d from now.
func (g *gate) close(d time.Duration) {
	if d <= 0 {
		return
	}
	until := int64(time.Since(g.start) + d)
	for {
		old := g.until.Load()
		if old >= until || g.until.CompareAndSwap(old, until) {
			return
		}
	}
}

// wait returns when the gate is open, or with an error when ctx ends or quit closes. It looks again after each wait,
// as the gate may have been closed for longer.
func (g *gate) wait(ctx context.Context, quit <-chan struct{}) error {
	for left := g.left(); left > 0; left = g.left() {
		spread := rand.N(min(left, gateSpread))
		if err := sleep(ctx, quit, left+spread); err != nil {
			return err
		}
	}
	return ctx.Err()
}
