package wire

import (
	"sync"
	"time"
)

// watchdog ends an exchange that does not move, or that takes too long for its size. It looks four times in a
// window, so that most requests are over before it looks once.
type watchdog struct {
	exchange *exchange
	silence  time.Duration // that ends the exchange
	least    int64         // bytes that end a silence
	end      time.Time

	mu    sync.Mutex
	timer *time.Timer
	over  bool
	mark  int64     // progress when the silence began
	since time.Time // when it began
}

func (c *Client) watch(x *exchange) *watchdog {
	t := c.timeouts
	now := time.Now()
	seconds := float64(len(x.request.Body)) / float64(t.CapRate)
	w := &watchdog{
		exchange: x, silence: t.Stall + x.request.Patience, least: t.StallBytes, since: now,
		end: now.Add(t.Cap + x.request.Patience + time.Duration(seconds*float64(time.Second))),
	}
	w.mu.Lock() // look must not run before the timer is known
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(t.Stall/4, func() { w.look(t.Stall / 4) })
	return w
}

// stop ends the watch. Afterwards the exchange is not interrupted any more.
func (w *watchdog) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	w.timer.Stop()
}

func (w *watchdog) look(again time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return
	}
	if err := w.judge(time.Now()); err != nil {
		w.exchange.verdict.Store(&err)
		w.exchange.link.interrupt()
		return
	}
	w.timer.Reset(again)
}

// judge returns why the exchange must end, or nil.
func (w *watchdog) judge(now time.Time) error {
	if now.After(w.end) {
		return errTooSlow
	}
	p := w.exchange.link.below.progress()
	if moved := p - w.mark; moved >= w.least || moved < 0 { // less: more is queued by a write that has not returned
		w.mark, w.since = p, now
	}
	if now.Sub(w.since) >= w.silence {
		return errStalled
	}
	return nil
}
