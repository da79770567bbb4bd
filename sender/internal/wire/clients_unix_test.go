//go:build unix

package wire

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// roles is the variable by which this program is told to be the store of BenchmarkClients, in a process of its own.
const roles = "INGEST_WIRE_TEST_ROLE"

// sends puts a body to a URL, as one of many that do.
type sends func(ctx context.Context, u *url.URL, body []byte) error

// The clients that could have been taken, on the same requests: net/http's transport with as many idle connections as
// there are senders, a ClientConn of net/http for each sender, and ours. CPU time is of this process alone. The law:
// ours costs the least, for small bodies and for large ones.
func BenchmarkClients(b *testing.B) {
	u := storeBeside(b)
	for _, load := range []struct{ size, senders int }{{16 << 10, 32}, {8 << 20, 4}} {
		for _, c := range []struct {
			name string
			make func(b *testing.B, senders int) func() sends
		}{{"transport", withTransport}, {"clientconn", withClientConns}, {"ours", withOurs}} {
			b.Run(fmt.Sprintf("%d/%s", load.size, c.name), func(b *testing.B) {
				benchmarkClient(b, u, make([]byte, load.size), load.senders, c.make(b, load.senders))
			})
		}
	}
}

func benchmarkClient(b *testing.B, u *url.URL, body []byte, senders int, another func() sends) {
	var left atomic.Int64
	left.Store(int64(b.N))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	b.ResetTimer()
	before := processorTime(b)
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			send := another()
			for left.Add(-1) >= 0 {
				if err := send(b.Context(), u, body); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(processorTime(b)-before)/float64(b.N)/1e3, "cpu-us/op")
}

func withOurs(b *testing.B, _ int) func() sends {
	c, err := NewClient(Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	return func() sends {
		return func(ctx context.Context, u *url.URL, body []byte) error {
			_, err := c.Do(ctx, put(u, body))
			return err
		}
	}
}

// tuned keeps a connection for each sender, and buffers for a body's pieces.
func tuned(senders int) *http.Transport {
	return &http.Transport{
		MaxIdleConns: senders, MaxIdleConnsPerHost: senders, DisableCompression: true,
		WriteBufferSize: 64 << 10, ReadBufferSize: 4 << 10,
	}
}

func withTransport(b *testing.B, senders int) func() sends {
	t := tuned(senders)
	b.Cleanup(t.CloseIdleConnections)
	return func() sends { return through(t) }
}

func withClientConns(b *testing.B, senders int) func() sends {
	t := tuned(senders)
	return func() sends {
		var c *http.ClientConn
		return func(ctx context.Context, u *url.URL, body []byte) (err error) {
			if c == nil {
				if c, err = t.NewClientConn(ctx, u.Scheme, u.Host); err != nil {
					return err
				}
				b.Cleanup(func() { _ = c.Close() })
			}
			return through(c)(ctx, u, body)
		}
	}
}

func through(t http.RoundTripper) sends {
	return func(ctx context.Context, u *url.URL, body []byte) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodPut, u.String(), bytes.NewReader(body))
		if err != nil {
			return err
		}
		answer, err := t.RoundTrip(r)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, answer.Body)
		return errors.Join(err, answer.Body.Close())
	}
}

func processorTime(b *testing.B) int64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// storeBeside runs this program again as a store that keeps nothing.
func storeBeside(b *testing.B) *url.URL {
	b.Helper()
	store := exec.CommandContext(b.Context(), os.Args[0])
	store.Env = append(os.Environ(), roles+"=store")
	said, err := store.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := store.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = store.Process.Kill()
		_ = store.Wait()
	})
	address, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return &url.URL{Scheme: "http", Host: strings.TrimSpace(address), Path: "/null/key"}
}

func init() { //nolint:gochecknoinits // before any test
	if os.Getenv(roles) == "store" {
		beStore()
	}
}

// beStore takes requests and forgets them, until the process is killed.
func beStore() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(l.Addr())
	for {
		c, err := l.Accept()
		if err != nil {
			panic(err)
		}
		go forget(c)
	}
}

func forget(c net.Conn) {
	in := bufio.NewReaderSize(c, 256<<10)
	for {
		length := 0
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			if name, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && strings.EqualFold(name, "content-length") {
				length, _ = strconv.Atoi(value)
			} else if name == "" {
				break
			}
		}
		if _, err := in.Discard(length); err != nil {
			return
		}
		if _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"); err != nil {
			return
		}
	}
}
