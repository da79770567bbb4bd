package credentials

import (
	"context"
	"fmt"
	"time"
)

// flight is a question to the source that is under way.
type flight struct {
	done chan struct{} // closed when the rest is set
	got  *held
	err  error
	gone bool // who asked went away: the error is his
}

// next returns what follows old, asking for it unless somebody does already.
func (p *Provider) next(ctx context.Context, old *held) (*held, error) {
	for {
		f, mine := p.join(old)
		switch {
		case f == nil:
			return p.held.Load(), nil
		case mine:
			p.fly(ctx, f)
			return f.got, f.err
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if !f.gone {
			return f.got, f.err
		}
	}
}

// early asks for what follows h while h is still good. It waits for nobody, and whatever goes wrong can wait.
func (p *Provider) early(ctx context.Context, h *held) *held {
	f, mine := p.join(h)
	switch {
	case f == nil:
		return p.held.Load()
	case !mine:
		return h
	}
	p.fly(ctx, f)
	if f.err != nil {
		now := p.now()
		p.pause.Store(now.Add(min(h.expires.Sub(now)/4, 30*time.Second)).UnixNano())
		return h
	}
	return f.got
}

// join returns the flight that leads on from old, and whether it is the caller's to fly; nil if old is not the
// latest.
func (p *Provider) join(old *held) (f *flight, mine bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held.Load() != old {
		return nil, false
	}
	if p.flight == nil {
		p.flight, mine = &flight{done: make(chan struct{})}, true
	}
	return p.flight, mine
}

// fly asks the source.
func (p *Provider) fly(ctx context.Context, f *flight) {
	defer p.land(f)
	s, err := p.source.fetch(ctx)
	if err == nil {
		err = s.check(p.now())
	}
	if err != nil {
		f.err, f.gone = p.explained(err), ctx.Err() != nil
		return
	}
	f.got = hold(s, p.now())
}

// explained says which credentials an error is about.
func (p *Provider) explained(err error) error {
	where := p.source.origin().where
	if p.implied && p.held.Load() == nil {
		return fmt.Errorf("%s; nor has this machine %s: %w", nothing, where, err)
	}
	return fmt.Errorf("%s: %w", where, err)
}

// land ends a flight. What it got and that it ended are seen at once.
func (p *Provider) land(f *flight) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f.got != nil {
		p.held.Store(f.got)
	} else if f.err == nil {
		f.gone = true // it panicked
	}
	p.flight = nil
	close(f.done)
}
