package credentials

import (
	"fmt"
	"slices"
	"time"

	"github.com/ingest-dev/ingest/sender/oss"
)

// A store that refuses whatever it is shown must not make us ask the source for ever: mostRefusals different
// credentials within refusalMemory are enough.
const (
	refusalMemory = time.Minute
	mostRefusals  = 3
)

// refusal is that a store refused credentials.
type refusal struct {
	of     oss.Credentials
	at     time.Time
	barren bool // the source had no others then
}

// refused takes note of a refusal, and returns why the source is not to be asked for others; nil if it is.
func (p *Provider) refused(stale oss.Credentials) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	p.refusals = slices.DeleteFunc(p.refusals, func(r refusal) bool { return now.Sub(r.at) >= refusalMemory })
	for _, r := range p.refusals {
		if r.of == stale && r.barren {
			return p.noOther()
		}
		if r.of == stale {
			return nil
		}
	}
	if len(p.refusals) == mostRefusals {
		return fmt.Errorf("the store has refused %d renewed credentials from %s within a minute", mostRefusals, p.source.origin().where)
	}
	p.refusals = append(p.refusals, refusal{of: stale, at: now})
	return nil
}

// barren notes that the source has no others than those refused.
func (p *Provider) barren(stale oss.Credentials) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.refusals {
		if p.refusals[i].of == stale {
			p.refusals[i].barren = true
		}
	}
}
