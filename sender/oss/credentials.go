package oss

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/ingest-dev/ingest/sender"
)

// Credentials are what requests are signed with. They print as their key id alone: the secret and the token do not
// get into a log, an error or JSON.
type Credentials struct {
	AccessKeyID     string
	AccessKeySecret string
	SecurityToken   string // of temporary credentials; empty for lasting ones
}

// String returns the key id.
func (c Credentials) String() string { return "credentials of " + c.AccessKeyID }

// GoString returns the key id, for %#v.
func (c Credentials) GoString() string { return c.String() }

// Format prints the key id, whatever the verb.
func (c Credentials) Format(f fmt.State, _ rune) { fmt.Fprint(f, c.String()) }

// MarshalJSON returns the key id as a JSON string.
func (c Credentials) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "%q", c.String()), nil }

// CredentialsProvider says what to sign with. It is asked on every request, by many goroutines at once, so it keeps
// what it has until that expires. Credentials that have expired stop the run, unless the provider has others by then.
//
// An error stops the run, unless it wraps a *[sender.Error] of another kind.
type CredentialsProvider interface {
	Credentials(ctx context.Context) (Credentials, error)
}

// Refresher is a provider that can be made to look for others than those that OSS refuses.
type Refresher interface {
	CredentialsProvider

	// Refresh returns other credentials than stale. Many goroutines may call it at once with the same. If there are
	// none, the error says where stale is from: it is shown to whoever has to mend that.
	Refresh(ctx context.Context, stale Credentials) (Credentials, error)
}

// Provider returns what says whom the store's requests are from.
func (s *Store) Provider() CredentialsProvider { return s.credentials }

// ProviderFunc makes a provider of a function.
type ProviderFunc func(ctx context.Context) (Credentials, error)

// Credentials calls f.
func (f ProviderFunc) Credentials(ctx context.Context) (Credentials, error) { return f(ctx) }

// Static returns a provider of credentials that do not change.
func Static(c Credentials) CredentialsProvider {
	return ProviderFunc(func(context.Context) (Credentials, error) { return c, nil })
}

// Environment returns a provider of what the environment says when it is called, in the names of OSS's own tools or else of Alibaba
// Cloud's: OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET and OSS_SESSION_TOKEN, or ALIBABA_CLOUD_ACCESS_KEY_ID,
// ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN.
// Package credentials, below this one, knows more places to look at.
func Environment() CredentialsProvider {
	c, names, err := fromEnvironment(os.Getenv)
	return environment{func(context.Context) (Credentials, error) { return c, err }, strings.Join(names[:], ", ")}
}

// environment is what the environment said, under these names.
type environment struct {
	ProviderFunc
	names string
}

// Refresh has nothing else to offer: nobody changes the environment of a process but itself.
func (e environment) Refresh(context.Context, Credentials) (Credentials, error) {
	return Credentials{}, fmt.Errorf("the credentials are from %s", e.names)
}

// fromEnvironment returns what is set, and the names that it is looked for under.
func fromEnvironment(get func(string) string) (Credentials, [3]string, error) {
	for _, names := range [][3]string{
		{"OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET", "OSS_SESSION_TOKEN"},
		{"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"},
	} {
		c := Credentials{get(names[0]), get(names[1]), get(names[2])}
		switch {
		case c.AccessKeyID == "" && c.AccessKeySecret == "":
		case c.AccessKeyID == "":
			return Credentials{}, names, fmt.Errorf("%s is set and %s is not", names[1], names[0])
		case c.AccessKeySecret == "":
			return Credentials{}, names, fmt.Errorf("%s is set and %s is not", names[0], names[1])
		default:
			return c, names, nil
		}
	}
	return Credentials{}, [3]string{}, errors.New("set OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET")
}

// ask returns a provider's credentials if requests can be signed with them.
func ask(ctx context.Context, p CredentialsProvider) (Credentials, error) {
	c, err := p.Credentials(ctx)
	switch {
	case err != nil:
		return Credentials{}, err
	case c.AccessKeyID == "" || c.AccessKeySecret == "":
		return Credentials{}, errors.New("the provider has an empty access key")
	case !printable(c.AccessKeyID) || !printable(c.SecurityToken):
		return Credentials{}, errors.New("the access key id or the token holds a blank or a character that is not ASCII")
	}
	return c, nil
}

// printable reports whether s can stand in a header as it is, without being trimmed.
func printable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// renewed returns what it means that these credentials were refused: if there are others now, the next try signs with
// them. What a [Refresher] says instead tells a person where to look.
func (s *Store) renewed(ctx context.Context, refused Credentials, v verdict) verdict {
	r, ok := s.credentials.(Refresher)
	if !ok {
		if now, err := ask(ctx, s.credentials); err == nil && now != refused {
			return verdict{kind: sender.TryAgain}
		}
		return v
	}
	now, err := r.Refresh(ctx, refused)
	switch {
	case err == nil && now != refused, ctx.Err() != nil:
		return verdict{kind: sender.TryAgain}
	case err == nil:
		return v
	case sender.KindOf(err) == sender.TryAgain:
		v.kind = sender.TryAgain
	}
	v.hint += "; " + err.Error()
	return v
}

// unsigned returns the error of a call for which there were no credentials. That is the end of the run, unless the
// provider itself says otherwise, or ctx ended.
func (c *call) unsigned(ctx context.Context, err error) error {
	e := &sender.Error{Op: c.op, Key: c.named(), Part: c.part, Kind: sender.StopRun, Err: fmt.Errorf("find credentials: %w", err)}
	if own, ok := errors.AsType[*sender.Error](err); ok {
		e.Kind, e.RetryAfter = own.Kind, own.RetryAfter
	}
	if ctx.Err() != nil {
		e.Kind, e.Err = sender.TryAgain, ctx.Err()
	}
	return e
}
