// Package emulator runs the embedded store on a loopback port for a test.
package emulator

import (
	"net/http/httptest"
	"testing"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/test/internal/judge"
)

// Start runs an empty store until the test ends. With tls it speaks HTTPS, which the access's HTTP client trusts.
func Start(t *testing.T, tls bool) judge.Access {
	t.Helper()
	a := judge.Access{Region: "cn-hangzhou", Bucket: "trial", ID: "trial-id", Secret: "trial-secret"}
	store, err := devstore.New(devstore.Options{
		Dir: t.TempDir(), Buckets: []string{a.Bucket}, AccessKeyID: a.ID, AccessKeySecret: a.Secret, Region: a.Region,
		NoSync: true,
	})
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
