package bench

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// Options say what is measured. Store and Prefix are needed.
type Options struct {
	Store  sender.Store   // without the common decorators: each measurement puts them on anew, and learns no pace from another
	Prefix string         // of all keys, with a slash at its end, such as nobody else has: see [Bench.Clean]
	Sender sender.Options // of the decorators; Counters are set by the bench
	Bytes  int64          // the most to send in all measurements together; 0: no bound
}

// Bench measures one store. Its methods are called one at a time.
type Bench struct {
	options Options
	ground  *ground
	pattern *pattern
	sent    atomic.Int64
}

// New returns a bench. It asks nothing of the store.
func New(o Options) *Bench {
	return &Bench{
		options: o, pattern: newPattern(),
		ground: &ground{prefix: o.Prefix, open: map[sender.Upload]struct{}{}},
	}
}

// Setting is how to send.
type Setting struct {
	PartSize int64 // bytes; smaller objects are put in one request
	Parallel int   // requests in flight
}

// Effort is how long to measure. Zero fields become the defaults named.
type Effort struct {
	Duration  time.Duration // the least, without the warm-up: 10 s
	Most      time.Duration // the most, where Duration does not give the precision: Duration
	Slice     time.Duration // of which the rates are the samples: a twentieth of Duration
	Precision float64       // half width of the confidence interval, as a share of the rate: 0.05

	// Warmup is the least that is left out at the start: a fifth of Duration. The warm-up lasts until as many requests
	// are done as run at once, at most Most longer.
	Warmup time.Duration
}

func (e Effort) withDefaults() Effort {
	if e.Duration <= 0 {
		e.Duration = 10 * time.Second
	}
	e.Most = max(e.Most, e.Duration)
	if e.Warmup <= 0 {
		e.Warmup = e.Duration / 5
	}
	if e.Slice <= 0 {
		e.Slice = e.Duration / 20
	}
	if e.Precision <= 0 {
		e.Precision = 0.05
	}
	return e
}

// ErrSpent is returned when no more may be sent: [Options].Bytes were.
var ErrSpent = errors.New("all the bytes are sent that may be")

// Sent returns the bytes that were handed to the store in all measurements, warm-ups included.
func (b *Bench) Sent() int64 { return b.sent.Load() }

// left is how many bytes may still be sent.
func (b *Bench) left() int64 {
	if b.options.Bytes <= 0 {
		return 1 << 62
	}
	return b.options.Bytes - b.Sent()
}

// Measure sends work for a while, and returns what was measured. What was measured before an error is in the result
// too: it is [ErrSpent] if the bytes did not suffice, the end of ctx, a *[SourceError], or the store's *sender.Error.
// What is on its way when the time is over is finished first.
func (b *Bench) Measure(ctx context.Context, w Work, s Setting, e Effort) (*Result, error) {
	if b.left() <= 0 {
		return nil, ErrSpent
	}
	runtime.GC() // as the testing package does: what earlier measurements left is not this one's to clean up
	e = e.withDefaults()
	r := b.newRun(s, e)
	err := r.measure(ctx, w)
	b.sent.Add(r.counters.BytesSent.Load() + r.counters.BytesLost.Load())
	return r.result(w), err
}
