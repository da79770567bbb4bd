package credentials

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ingest-dev/ingest/sender/oss"
)

// ahead is how long before their end credentials are renewed, or a quarter of their life if that is shorter: a
// service that is down for some minutes then passes unnoticed.
const ahead = 5 * time.Minute

// Provider hands out the credentials of one source, and renews them before they end. It may be used from many
// goroutines at once.
//
// Whoever asks first when they are due asks the source, while the others go on with what there is. Once that has
// expired all wait, for one answer.
type Provider struct {
	source   source
	implied  bool // the source is that of last resort, and may not be there
	warnings []Warning
	now      func() time.Time

	held  atomic.Pointer[held]
	pause atomic.Int64 // until when the source is left alone, since it failed early; Unix, ns

	mu       sync.Mutex
	flight   *flight   // nil: nobody asks the source
	refusals []refusal // the latest, of a minute
}

var _ oss.Refresher = (*Provider)(nil)

// held is a session, and when to get the next one.
type held struct {
	session
	renew time.Time // zero: not until it is refused
}

func hold(s session, now time.Time) *held {
	h := &held{session: s}
	if !s.expires.IsZero() {
		left := s.expires.Sub(now)
		h.renew = now.Add(max(left-min(ahead, left/4), time.Second)) // a source that repeats itself is not asked without end
	}
	return h
}

// Credentials returns what to sign with now. An error that wraps a *sender.Error says by its kind whether the source
// may do better later; any other does not pass by itself.
func (p *Provider) Credentials(ctx context.Context) (oss.Credentials, error) {
	h, err := p.current(ctx)
	if err != nil {
		return oss.Credentials{}, err
	}
	return h.Credentials, nil
}

func (p *Provider) current(ctx context.Context) (*held, error) {
	h := p.held.Load()
	if h == nil {
		return p.next(ctx, h)
	}
	if h.renew.IsZero() {
		return h, nil
	}
	now := p.now()
	switch {
	case now.Before(h.renew):
		return h, nil
	case h.expired(now):
		return p.next(ctx, h)
	case now.UnixNano() < p.pause.Load():
		return h, nil
	}
	return p.early(ctx, h), nil
}

// Refresh returns other credentials than stale, which a store has refused. Of many callers with the same ones one
// asks the source. If it has no others, the error says where they are from, and it is not asked again for a minute;
// nor if three in a minute were refused.
func (p *Provider) Refresh(ctx context.Context, stale oss.Credentials) (oss.Credentials, error) {
	h := p.held.Load()
	if h != nil && h.Credentials != stale {
		return h.Credentials, nil
	}
	if err := p.refused(stale); err != nil {
		return oss.Credentials{}, err
	}
	h, err := p.next(ctx, h)
	switch {
	case err != nil:
		return oss.Credentials{}, err
	case h.Credentials == stale:
		p.barren(stale)
		return oss.Credentials{}, p.noOther()
	}
	return h.Credentials, nil
}

func (p *Provider) noOther() error {
	return fmt.Errorf("the credentials are from %s, and there are no others", p.source.origin().where)
}

// String says where the credentials are from.
func (p *Provider) String() string { return "credentials from " + p.source.origin().where }

// Format prints the same, whatever the verb: there are secrets within.
func (p *Provider) Format(f fmt.State, _ rune) { fmt.Fprint(f, p.String()) }

// Warnings returns what is allowed and still most likely a mistake, such as a file with keys that others can read.
func (p *Provider) Warnings() []Warning { return p.warnings }

// Identity is who asks, without any secret.
type Identity struct {
	Source      string    // "environment", "oidc", "profile", "uri", "process" or "ecs-role"
	From        string    // for a person: the variables, or the file and the profile
	AccessKeyID string    //
	Role        string    // its ARN or its name; empty: none, or not known
	Temporary   bool      // they end, known or not when
	Expires     time.Time // zero: never, or not known
	Renews      bool      // the source hands out new ones before these end
}

// Identity returns who asks now.
func (p *Provider) Identity(ctx context.Context) (Identity, error) {
	h, err := p.current(ctx)
	if err != nil {
		return Identity{}, err
	}
	from := p.source.origin()
	return Identity{
		Source: from.source, From: from.where, AccessKeyID: h.AccessKeyID, Role: h.role,
		Temporary: h.SecurityToken != "" || !h.expires.IsZero(), Expires: h.expires, Renews: from.renews,
	}, nil
}
