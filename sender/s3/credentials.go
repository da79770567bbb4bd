package s3

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ingest-dev/ingest/sender"
)

// How long the first credentials may take. A metadata service answers in milliseconds or is not there; single
// sign-on, roles and credential processes talk to a service first.
const (
	metadataWait = 2 * time.Second
	chainWait    = 30 * time.Second
)

const setCredentials = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN for temporary ones), or AWS_PROFILE"

// keyring hands out credentials and renews them once a store calls them expired.
type keyring struct {
	cache   *aws.CredentialsCache
	renewal chan struct{} // held by the one who renews
}

func newKeyring(p aws.CredentialsProvider) *keyring {
	cache, ok := p.(*aws.CredentialsCache)
	if !ok {
		cache = aws.NewCredentialsCache(p)
	}
	return &keyring{cache: cache, renewal: make(chan struct{}, 1)}
}

// probe gets the first credentials, so that a run without any ends at once and says what to do.
func (k *keyring) probe(ctx context.Context) error {
	metadata := slices.Contains(k.cache.ProviderSources(), aws.CredentialSourceIMDS)
	wait := chainWait
	if metadata {
		wait = metadataWait
	}
	bounded, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	_, err := k.get(bounded)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case metadata:
		return errors.New("no AWS credentials found: " + setCredentials)
	}
	return errors.New("cannot get AWS credentials: " + oneLine(err.Error()) + ": " + setCredentials)
}

func (k *keyring) get(ctx context.Context) (aws.Credentials, error) {
	c, err := k.cache.Retrieve(ctx)
	if err == nil && !c.HasKeys() {
		err = errors.New("the credentials are empty")
	}
	return c, err
}

// renew replaces credentials that the store calls expired. It reports whether there are others now. Of many
// callers with the same old ones, one asks the provider.
func (k *keyring) renew(ctx context.Context, old aws.Credentials) bool {
	select {
	case k.renewal <- struct{}{}:
		defer func() { <-k.renewal }()
	case <-ctx.Done():
		return false
	}
	if c, err := k.get(ctx); err == nil && !sameKeys(c, old) {
		return true
	}
	k.cache.Invalidate()
	c, err := k.get(ctx)
	return err == nil && !sameKeys(c, old)
}

func sameKeys(a, b aws.Credentials) bool {
	return a.AccessKeyID == b.AccessKeyID && a.SecretAccessKey == b.SecretAccessKey && a.SessionToken == b.SessionToken
}

// noCredentials is the error of a call that could not be signed. It stops the run: the others cannot be either.
func noCredentials(ctx context.Context, c *call, err error) error {
	e := c.failed(sender.StopRun, err)
	e.Code, e.Message = "NoCredentials", oneLine(err.Error())
	e.Hint = setCredentials
	if ctx.Err() != nil {
		return c.failed(sender.TryAgain, ctx.Err())
	}
	return e
}
