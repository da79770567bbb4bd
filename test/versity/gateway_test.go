// Package versity lets an S3 gateway that is not ours take what our S3 sender sends.
package versity

import (
	"context"
	"fmt"
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

// gateway is the one that a process can have; its bucket is a directory.
var gateway = judge.Access{Region: "us-east-1", Bucket: "trial", ID: "trial-id", Secret: "trial-secret", HTTP: http.DefaultClient}

func TestMain(m *testing.M) {
	code, err := serve(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// serve runs the tests beside a gateway on loopback. The posix backend works in the process's directory.
func serve(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "versitygw-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	store, err := openStore(dir)
	if err != nil {
		return 1, err
	}
	address, err := freeAddress()
	if err != nil {
		return 1, err
	}
	gateway.URL = "http://" + address
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1) // so that the gateway can end unheard
	var run sync.WaitGroup
	run.Go(func() { ended <- embedgw.RunVersityGW(ctx, store, config(address)) })
	defer run.Wait()
	defer stop()
	if err := answers(address, ended); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// openStore opens a directory with the bucket in it. The metadata lie beside the objects, not in extended
// attributes, which not every file system of a temporary directory has.
func openStore(dir string) (backend.Backend, error) {
	root, side := filepath.Join(dir, "objects"), filepath.Join(dir, "metadata")
	for _, d := range []string{filepath.Join(root, gateway.Bucket), side} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, err
		}
	}
	metadata, err := meta.NewSideCar(side)
	if err != nil {
		return nil, err
	}
	return posix.New(root, metadata, posix.PosixOpts{SideCarDir: side, ForceNoTmpFile: true})
}

func config(address string) *embedgw.Config {
	return &embedgw.Config{
		RootUserAccess: gateway.ID, RootUserSecret: gateway.Secret, Region: gateway.Region, Ports: []string{address},
		MaxConnections: 1000, MaxRequests: 1000, MultipartMaxParts: 10_000, Quiet: true, KeepAlive: true,
	}
}

// freeAddress returns a loopback address that nobody listened on a moment ago: the gateway opens it by itself.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// answers waits until the gateway takes connections, or has ended.
func answers(address string, ended <-chan error) error {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		select {
		case err := <-ended:
			return fmt.Errorf("run versitygw: %w", err)
		case <-time.After(10 * time.Millisecond):
		}
		if c, err := net.Dial("tcp", address); err == nil {
			return c.Close()
		}
	}
	return fmt.Errorf("versitygw does not answer on %s", address)
}
