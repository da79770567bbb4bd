package bench

import (
	"context"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// Stage is what a part goes through.
type Stage int

// The stages, in their order.
const (
	Opening Stage = iota // waiting for the part's upload to be begun, and its file to be opened
	Reading              // or making the bytes
	Hashing
	Waiting // for limits, pauses and the next try
	Sending // in the store's hands: signing, sending, and its answer, in all tries
	Stages  // how many there are
)

// String returns the stage's name.
func (s Stage) String() string {
	return [Stages]string{"opening", "reading", "hashing", "waiting", "sending"}[s]
}

// Latency is how long parts took in a stage.
type Latency struct {
	Stage              Stage
	Share              float64 // of the time in all stages
	P50, P90, P99, Max time.Duration
}

// clock tells the stages of one part apart.
type clock struct {
	at    time.Time
	spent [Stages]time.Duration
}

func (c *clock) start() { *c = clock{at: time.Now()} }

// stop counts the time since the last stop, or the start, for a stage.
func (c *clock) stop(s Stage) {
	now := time.Now()
	c.spent[s] += now.Sub(c.at)
	c.at = now
}

// clockKey finds the clock of the part that a request is for.
type clockKey struct{}

// probe is the lowest layer of a stack. It takes the time that requests are in the store's hands out of that which
// they spend in the layers above.
type probe struct{ sender.Store }

// Unwrap returns the store below.
func (p *probe) Unwrap() sender.Store { return p.Store }

// Put measures.
func (p *probe) Put(ctx context.Context, o *sender.Object, data sender.Payload) (sender.Receipt, error) {
	defer timed(ctx)()
	return p.Store.Put(ctx, o, data)
}

// SendPart measures.
func (p *probe) SendPart(ctx context.Context, u sender.Upload, part sender.Part) (sender.Receipt, error) {
	defer timed(ctx)()
	return p.Store.SendPart(ctx, u, part)
}

// timed counts what was before as waiting, and what is until the function returned is called as sending.
func timed(ctx context.Context) func() {
	c, ok := ctx.Value(clockKey{}).(*clock)
	if !ok {
		return func() {}
	}
	c.stop(Waiting)
	return func() { c.stop(Sending) }
}
