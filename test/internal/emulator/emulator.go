// Package emulator runs the embedded store on a loopback port for a test.
package emulator

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/test/internal/judge"
)

// Start runs an empty store until the test ends. With tls it speaks HTTPS, which the access's HTTP client trusts.
func Start(t *testing.T, tls bool) judge.Access {
	t.Helper()
	return run(t, tls, devstore.Options{})
}

// StartLate runs a store whose clock is ahead of that of its clients.
func StartLate(t *testing.T, ahead time.Duration) judge.Access {
	t.Helper()
	faults := fault.NewScript(1)
	faults.Set(fault.Rule{Fault: fault.Fault{Skew: ahead}})
	return run(t, false, devstore.Options{Faults: faults})
}

// temporary are the keys that expire which every store knows: one is good for an hour, the other has expired.
func temporary() []devstore.TemporaryKey {
	k := devstore.TemporaryKey{
		AccessKeyID: "STS.fresh", AccessKeySecret: "temporary-secret", SessionToken: "token/+=", Expiration: time.Now().Add(time.Hour),
	}
	stale := k
	stale.AccessKeyID, stale.Expiration = "STS.stale", time.Now().Add(-time.Second)
	return []devstore.TemporaryKey{k, stale}
}

// Fresh returns access to the same store by a temporary key that is good, and Stale by one that has expired.
func Fresh(a judge.Access) judge.Access { return by(a, temporary()[0]) }

// Stale is described at Fresh.
func Stale(a judge.Access) judge.Access { return by(a, temporary()[1]) }

func by(a judge.Access, k devstore.TemporaryKey) judge.Access {
	a.ID, a.Secret, a.Token = k.AccessKeyID, k.AccessKeySecret, k.SessionToken
	return a
}

func run(t *testing.T, tls bool, o devstore.Options) judge.Access {
	t.Helper()
	a := judge.Access{Region: "cn-hangzhou", Bucket: "trial", ID: "trial-id", Secret: "trial-secret"}
	o.Dir, o.Buckets, o.NoSync = t.TempDir(), []string{a.Bucket}, true
	o.AccessKeyID, o.AccessKeySecret, o.Region = a.ID, a.Secret, a.Region
	o.Temporary = temporary()
	store, err := devstore.New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(store)
	if tls {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(func() {
		server.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	a.URL, a.HTTP = server.URL, server.Client()
	return a
}
