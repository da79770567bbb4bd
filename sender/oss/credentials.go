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
type CredentialsProvider interface {
	Credentials(ctx context.Context) (Credentials, error)
}

// ProviderFunc makes a provider of a function.
type ProviderFunc func(ctx context.Context) (Credentials, error)

// Credentials calls f.
func (f ProviderFunc) Credentials(ctx context.Context) (Credentials, error) { return f(ctx) }

// Static returns a provider of credentials that do not change.
func Static(c Credentials) CredentialsProvider {
	return ProviderFunc(func(context.Context) (Credentials, error) { return c, nil })
}

// Environment returns a provider of what the environment says now, in the names of OSS's own tools or else of Alibaba
// Cloud's: OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET and OSS_SESSION_TOKEN, or ALIBABA_CLOUD_ACCESS_KEY_ID,
// ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN.
func Environment() CredentialsProvider {
	c, err := fromEnvironment(os.Getenv)
	return ProviderFunc(func(context.Context) (Credentials, error) { return c, err })
}

func fromEnvironment(get func(string) string) (Credentials, error) {
	for _, names := range [][3]string{
		{"OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET", "OSS_SESSION_TOKEN"},
		{"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"},
	} {
		c := Credentials{get(names[0]), get(names[1]), get(names[2])}
		switch {
		case c.AccessKeyID == "" && c.AccessKeySecret == "":
		case c.AccessKeyID == "":
			return Credentials{}, fmt.Errorf("%s is set and %s is not", names[1], names[0])
		case c.AccessKeySecret == "":
			return Credentials{}, fmt.Errorf("%s is set and %s is not", names[0], names[1])
		default:
			return c, nil
		}
	}
	return Credentials{}, errors.New("set OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET")
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
