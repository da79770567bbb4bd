package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/spf13/cobra"
)

type serveCommand struct {
	addr   string
	bucket []string
	region string
	faults bool
}

func newServe() *cobra.Command {
	c := &serveCommand{}
	cmd := &cobra.Command{
		Use:   "serve DIR",
		Short: "Run an object store on a directory, to try and to rehearse",
		Long: `Serve keeps objects in the directory and speaks the dialects of OSS and of S3
on one port, with signatures verified. It prints the settings to use it on
stdout, then "ready" on stderr. It is for trying, rehearsing and testing: it
keeps no versions, whatever a bucket's versioning says, and knows no lifecycles.
The callbacks of OSS it makes to loopback addresses.

Its access key is taken from INGEST_SERVE_ACCESS_KEY_ID and
INGEST_SERVE_ACCESS_KEY_SECRET, or made anew. A second one, which expires, is
taken from INGEST_SERVE_TEMPORARY_ACCESS_KEY_ID, …_ACCESS_KEY_SECRET,
…_SESSION_TOKEN and …_EXPIRATION, a time like 2026-01-02T15:04:05Z: from then on
its requests are refused as a security token service's would be.

With --faults it goes wrong on request: throttling, resets, stalls, answers that
are lost or lie. What is to go wrong is set at /-/faults, without a signature:
GET shows the rules and their counts as JSON, PUT replaces the rules by a JSON
array of others, DELETE removes them. The package devstore/fault tells what a
rule may say.`,
		Example: `  ingest serve /tmp/store --addr 127.0.0.1:9090 --bucket demo > settings &
  . ./settings                                # once "ready" is on stderr
  ingest serve /tmp/store --faults > settings &
  curl -T - http://127.0.0.1:9090/-/faults <<< \
    '[{"every": 10, "for": "5m", "answer": {"status": 503, "code": "SlowDown"}}]'`,
		Args: exactly("a directory"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args[0]) },
	}
	f := cmd.Flags()
	f.StringVar(&c.addr, "addr", "127.0.0.1:9090", "`ADDRESS` to listen on; port 0 picks a free one")
	f.StringArrayVar(&c.bucket, "bucket", []string{"demo"}, "bucket `NAME` to make if it is not there; repeatable")
	f.StringVar(&c.region, "region", "cn-hangzhou", "region to tell clients; requests signed for any are taken")
	f.BoolVar(&c.faults, "faults", false, "for rehearsing failures: let whoever reaches the port set what goes wrong, at /-/faults")
	return cmd
}

func (c *serveCommand) run(cmd *cobra.Command, dir string) error {
	if c.faults && !loopback(c.addr) {
		return usagef("--faults lets whoever reaches %s make it fail: choose an --addr like 127.0.0.1:9090", c.addr)
	}
	id, secret, err := serveKey()
	if err != nil {
		return err
	}
	temporary, err := temporaryKeys()
	if err != nil {
		return err
	}
	store, err := devstore.New(devstore.Options{
		Dir: dir, Buckets: c.bucket, AccessKeyID: id, AccessKeySecret: secret, Temporary: temporary, Admin: c.faults,
	})
	if err != nil {
		return usage(err)
	}
	return errors.Join(c.listen(cmd, store, id, secret), store.Close())
}

// loopback reports whether only this machine reaches an address.
func loopback(addr string) bool {
	a, err := net.ResolveTCPAddr("tcp", addr)
	return err == nil && a.IP.IsLoopback()
}

func (c *serveCommand) listen(cmd *cobra.Command, store http.Handler, id, secret string) error {
	listener, err := net.Listen("tcp", c.addr)
	if err != nil {
		return usagef("%w: choose another with --addr", err)
	}
	c.print(cmd, listener.Addr(), id, secret)
	ctx, stop := interruptible(cmd.Context())
	defer stop()
	return serve(ctx, listener, store)
}

// serveKey is the access key that the environment gives, or a new one.
func serveKey() (id, secret string, err error) {
	id, secret = os.Getenv("INGEST_SERVE_ACCESS_KEY_ID"), os.Getenv("INGEST_SERVE_ACCESS_KEY_SECRET")
	switch {
	case id == "" && secret == "":
		return "ingest" + rand.Text()[:14], rand.Text(), nil
	case id == "" || secret == "":
		return "", "", usagef("INGEST_SERVE_ACCESS_KEY_ID and INGEST_SERVE_ACCESS_KEY_SECRET go together: set both or none")
	}
	return id, secret, nil
}

// print tells how to use the store, and that it is ready. Programs wait for that, so it is the first line on stderr.
func (c *serveCommand) print(cmd *cobra.Command, addr net.Addr, id, secret string) {
	url := "http://" + addr.String()
	for _, v := range [][2]string{
		{"OSS_ENDPOINT", url}, {"OSS_REGION", c.region},
		{"OSS_ACCESS_KEY_ID", id}, {"OSS_ACCESS_KEY_SECRET", secret},
		{"AWS_ENDPOINT_URL_S3", url}, {"AWS_REGION", c.region},
		{"AWS_ACCESS_KEY_ID", id}, {"AWS_SECRET_ACCESS_KEY", secret},
	} {
		fmt.Fprintf(cmd.OutOrStdout(), "export %s=%s\n", v[0], shellQuoted(v[1]))
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "ready")
	if c.faults {
		fmt.Fprintf(cmd.ErrOrStderr(), "WARNING: --faults is on: anyone who reaches this port can make the store fail, lose and spoil data, at %s/-/faults\n", url)
	}
}

// farewell is how long requests in flight may take to end.
const farewell = 5 * time.Second

// serve answers requests until ctx ends.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 30 * time.Second, IdleTimeout: 5 * time.Minute}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() {
		<-ctx.Done()
		shutdown(context.WithoutCancel(ctx), server)
	})
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return usage(err)
	}
	return nil
}

func shutdown(ctx context.Context, server *http.Server) {
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		_ = server.Close() // whoever is still there is cut off
	}
}
