package faultproxy

import (
	"context"
	"sync"
	"time"
)

// Link is a line of a certain speed each way, for connections that share it: they take turns. It may be used by many
// connections of many proxies at once.
type Link struct{ way [2]pace }

// NewLink returns a line that carries so many bytes a second each way.
func NewLink(rate int) *Link {
	return &Link{way: [2]pace{{rate: rate}, {rate: rate}}}
}

// pace lets bytes pass at a rate. Its zero value lets all of them pass.
type pace struct {
	rate int // bytes a second

	mu   sync.Mutex
	free time.Time // when all that was let in will have passed
}

// piece is how much may be let in at once, so that what moves slowly moves evenly: 50 ms of it, out of most.
func (p *pace) piece(most int) int {
	if p == nil || p.rate <= 0 {
		return most
	}
	return min(max(p.rate/20, 1), most)
}

// pass waits until n bytes have passed, and returns false if ctx ends first.
func (p *pace) pass(ctx context.Context, n int) bool {
	if p == nil || p.rate <= 0 {
		return true
	}
	return sleep(ctx, time.Until(p.book(n)))
}

// book returns when n bytes more will have passed.
func (p *pace) book(n int) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); p.free.Before(now) {
		p.free = now
	}
	p.free = p.free.Add(time.Duration(n) * time.Second / time.Duration(p.rate))
	return p.free
}

// sleep returns false if ctx ends before the time is over.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
