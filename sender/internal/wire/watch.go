package wire

import (
	"sync"
	"time"
)

// watchdog ends an exchange that does not move, or that takes too long for its size. It looks four times in a
// window. Each link has one, whose timer goes on from one exchange to the next, so that most of them never touch it.
type watchdog struct {
	silence time.Duration // that ends the exchange
	least   int64         // bytes that end a silence
	end     time.Time
	again   time.Duration // between two looks

	mu       sync.Mutex
	exchange *exchange   // nil: none is under way
	timer    *time.Timer // nil: never set
	set      bool        // it will look
	mark     int64       // progress when the silence began
	since    time.Time   // when it began
}

func (c *Client) watch(x *exchange) *watchdog {
	t := c.timeouts
	now := time.Now()
	seconds := float64(len(x.request.Body)) / float64(t.CapRate)
	w := &x.link.dog
	w.mu.Lock()
	defer w.mu.Unlock()
	w.exchange, w.mark, w.since = x, 0, now
	w.silence, w.least, w.again = t.Stall+x.request.Patience, t.StallBytes, t.Stall/4
	w.end = now.Add(t.Cap + x.request.Patience + time.Duration(seconds*float64(time.Second)))
	w.wind()
	return w
}

// wind sets the timer, unless it is. The mutex is held.
func (w *watchdog) wind() {
	switch {
	case w.set:
	case w.timer == nil:
		w.timer = time.AfterFunc(w.again, w.look)
	default:
		w.timer.Reset(w.again)
	}
	w.set = true
}

// stop ends the watch. Afterwards the exchange is not interrupted any more.
func (w *watchdog) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.exchange = nil
}

// leave ends all watching: the link is closed.
func (w *watchdog) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.exchange, w.set = nil, false
	if w.timer != nil {
		w.timer.Stop()
	}
}

func (w *watchdog) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.set = false
	if w.exchange == nil {
		return
	}
	if err := w.judge(time.Now()); err != nil {
		w.exchange.verdict.Store(&err)
		w.exchange.link.interrupt()
		return
	}
	w.wind()
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
