package s3

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// All requests that are on their way when a token expires hear of it. One question to the service is enough.
func TestExpiredTokenIsRenewedByEachRequest(t *testing.T) {
	var asked atomic.Int64
	k := newKeyring(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret", SessionToken: string('a' + rune(asked.Add(1)))}, nil
	}))
	old, err := k.get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if !k.renew(t.Context(), old) {
			t.Error("there are no others")
		}
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("the provider was asked %d times, want 2", n)
	}
}
