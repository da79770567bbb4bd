// Package gateway starts versitygw, an S3 gateway that is not ours, for tests.
package gateway

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/test/internal/judge"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

// Start runs versitygw on loopback until the test ends, with an empty bucket. A process can have one at a time.
func Start(t *testing.T) judge.Access {
	t.Helper()
	a := judge.Access{Region: "us-east-1", Bucket: "trial", ID: "trial-id", Secret: "trial-secret", HTTP: http.DefaultClient}
	address := freeAddress(t)
	a.URL = "http://" + address
	objects := openBucket(t, a.Bucket)
	ctx, stop := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() {
		if err := embedgw.RunVersityGW(ctx, objects, config(a, address)); err != nil && ctx.Err() == nil {
			t.Errorf("versitygw: %v", err)
		}
	})
	t.Cleanup(func() {
		stop()
		run.Wait()
	})
	answers(t, address)
	return a
}

// openBucket opens a directory with the bucket in it, into which the gateway changes. The metadata lie in another,
// since not every file system has extended attributes.
func openBucket(t *testing.T, bucket string) backend.Backend {
	t.Helper()
	root, side := t.TempDir(), t.TempDir()
	t.Chdir(root) // and back when the test ends
	if err := os.Mkdir(filepath.Join(root, bucket), 0o700); err != nil {
		t.Fatal(err)
	}
	metadata, err := meta.NewSideCar(side)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := posix.New(root, metadata, posix.PosixOpts{SideCarDir: side, ForceNoTmpFile: true})
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

func config(a judge.Access, address string) *embedgw.Config {
	return &embedgw.Config{
		RootUserAccess: a.ID, RootUserSecret: a.Secret, Region: a.Region, Ports: []string{address},
		MaxConnections: 1000, MaxRequests: 1000, MultipartMaxParts: 10_000, Quiet: true, KeepAlive: true,
	}
}

// freeAddress returns a loopback address that nobody listened on a moment ago: the gateway opens it by itself.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

// answers waits until the gateway takes connections.
func answers(t *testing.T, address string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close()
			return
		}
	}
	t.Fatalf("versitygw does not answer on %s", address)
}
