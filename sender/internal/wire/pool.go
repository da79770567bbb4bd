package wire

import (
	"slices"
	"sync"
	"time"
)

// pool keeps the links that are idle, the latest used on top: its buffers are warm, and the store has had the least
// time to close it.
type pool struct {
	mu     sync.Mutex
	idle   []*link
	most   int
	keep   time.Duration
	closed bool
}

// get returns an idle link of a route, or nil. Links that were idle for too long are closed.
func (p *pool) get(r route) *link {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire(time.Now())
	for i := len(p.idle) - 1; i >= 0; i-- {
		if l := p.idle[i]; l.route == r {
			p.idle = slices.Delete(p.idle, i, i+1)
			return l
		}
	}
	return nil
}

// put keeps a link for the next exchange, or closes it.
func (p *pool) put(l *link) {
	l.used, l.since = true, time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.idle) >= p.most {
		l.drop()
		return
	}
	p.idle = append(p.idle, l)
}

// expire closes what has been idle for too long. The oldest are at the bottom.
func (p *pool) expire(now time.Time) {
	n := 0
	for n < len(p.idle) && now.Sub(p.idle[n].since) > p.keep {
		p.idle[n].drop()
		n++
	}
	p.idle = slices.Delete(p.idle, 0, n)
}

// close closes the idle links, and those that become idle from now on.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, l := range p.idle {
		l.drop()
	}
	p.idle = nil
}
