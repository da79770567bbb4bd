package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"
)

const (
	// MaxBody is the longest answer that is read, in bytes. A page of 1,000 parts or uploads takes about 1 MiB.
	MaxBody = 8 << 20

	// maxHeader bounds the header of an answer; net/http's default is 10 MiB.
	maxHeader = 64 << 10

	bufferSize = 64 << 10
)

// Options configure a [Client]. The zero value is usable.
type Options struct {
	Parallel  int    // requests at once, and so idle connections that are kept; 64 if 0
	CAFile    string // PEM certificates that are trusted besides the system's; none if empty
	UserAgent string // "ingest" if empty
	Timeouts  Timeouts
}

// Timeouts bound how long a request may take. Zero fields become the defaults.
type Timeouts struct {
	Dial time.Duration // of a TCP connection; 10 s, three lost SYNs
	TLS  time.Duration // of a handshake; 10 s
	Idle time.Duration // that an idle connection is kept; 45 s, below what servers keep (OSS and S3: about 60 s)

	// Stall is the window in which at least StallBytes must move, in either direction; 60 s. StallBytes is
	// 1 KiB, or 17 B/s: 64 connections that share a link of 8 KB/s have 128 B/s each and live, one byte a
	// second dies.
	Stall      time.Duration
	StallBytes int64

	// Cap and CapRate bound a whole request: Cap and, for each byte of its body, a second by CapRate. 10 min and
	// 4 KiB/s: a part of 16 MiB may take 78 minutes.
	Cap     time.Duration
	CapRate int64
}

func (o Options) withDefaults() Options {
	o.Parallel = or(o.Parallel, 64)
	o.UserAgent = or(o.UserAgent, "ingest")
	o.Timeouts = o.Timeouts.withDefaults()
	return o
}

func (t Timeouts) withDefaults() Timeouts {
	t.Dial = or(t.Dial, 10*time.Second)
	t.TLS = or(t.TLS, 10*time.Second)
	t.Idle = or(t.Idle, 45*time.Second)
	t.Stall = or(t.Stall, time.Minute)
	t.StallBytes = or(t.StallBytes, 1<<10)
	t.Cap = or(t.Cap, 10*time.Minute)
	t.CapRate = or(t.CapRate, 4<<10)
	return t
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Client sends requests over connections that it keeps. It may be used from many goroutines at once.
type Client struct {
	transport *http.Transport
	userAgent []string // as a header holds it, so that setting it costs nothing
	timeouts  Timeouts
}

// NewClient returns a client with connections of its own. It fails if CAFile cannot be read or holds no certificate.
// A proxy is taken from HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
func NewClient(o Options) (*Client, error) {
	o = o.withDefaults()
	config, err := tlsConfig(o.CAFile)
	if err != nil {
		return nil, err
	}
	return &Client{
		transport: newTransport(o, config),
		userAgent: []string{o.UserAgent},
		timeouts:  o.Timeouts,
	}, nil
}

// Close closes the idle connections. Requests under way end by themselves, and close theirs.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

func newTransport(o Options, config *tls.Config) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  proxy,
		OnProxyConnectResponse: onProxyConnect,
		DialContext:            dialer(o.Timeouts.Dial),
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    o.Timeouts.TLS,
		Protocols:              protocols,
		DisableCompression:     true, // an answer of 8 MiB is 8 MiB, not a bomb
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConns:           o.Parallel,
		MaxIdleConnsPerHost:    o.Parallel,
		IdleConnTimeout:        o.Timeouts.Idle,
		WriteBufferSize:        bufferSize,
	}
}

// dialer returns a function that dials connections which count what they move. Keep-alive probes find a peer that
// vanished while we wait for its answer within a minute.
func dialer(timeout time.Duration) func(context.Context, string, string) (net.Conn, error) {
	d := net.Dialer{
		Timeout: timeout,
		KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: 15 * time.Second, Interval: 15 * time.Second, Count: 3,
		},
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &conn{Conn: c}, nil
	}
}

func tlsConfig(caFile string) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if caFile == "" {
		return config, nil
	}
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("read the CA file: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read the CA file: %s holds no PEM certificate", caFile)
	}
	config.RootCAs = pool
	return config, nil
}

// errProxyVariable is returned when a proxy variable is not a URL. Its value is not repeated: it may hold a password.
var errProxyVariable = errors.New("the proxy variable is not a valid URL")

func proxy(r *http.Request) (*url.URL, error) {
	u, err := http.ProxyFromEnvironment(r)
	if err != nil {
		return nil, errProxyVariable
	}
	return u, nil
}

// proxyRefusal is a proxy's answer to CONNECT that is not 200.
type proxyRefusal struct{ status int }

func (e *proxyRefusal) Error() string {
	return fmt.Sprintf("the proxy refuses to connect: %d %s", e.status, http.StatusText(e.status))
}

func onProxyConnect(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode != http.StatusOK {
		return &proxyRefusal{answer.StatusCode}
	}
	return nil
}
