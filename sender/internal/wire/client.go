package wire

import (
	"net/http"
	"time"
)

const (
	// MaxBody is the longest answer that is read, in bytes. A page of 1,000 parts or uploads takes about 1 MiB.
	MaxBody = 8 << 20

	// maxHeader bounds the header of an answer; net/http's default is 10 MiB.
	maxHeader = 64 << 10
)

// Options configure a [Client]. The zero value is usable.
type Options struct {
	Parallel  int    // requests at once, and so idle connections that are kept; 64 if 0
	CAFile    string // PEM certificates that are trusted besides the system's; none if empty
	UserAgent string // "ingest" if empty
	Timeouts  Timeouts

	// ClientCert and ClientKey are PEM files by which we prove to a server who we are; both or neither. They are read
	// again for each connection, so that they can be renewed while a run goes on.
	ClientCert, ClientKey string
}

// Timeouts bound how long a request may take. Zero fields become the defaults.
type Timeouts struct {
	Dial time.Duration // of a TCP connection; 10 s, three lost SYNs, or Stall if that is less
	TLS  time.Duration // of a handshake, and of a proxy's tunnel; 10 s, or Stall if that is less
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
	t.Stall = or(t.Stall, time.Minute)
	t.Dial = or(t.Dial, min(10*time.Second, t.Stall))
	t.TLS = or(t.TLS, min(10*time.Second, t.Stall))
	t.Idle = or(t.Idle, 45*time.Second)
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
	router    router
	dialer    *dialer
	pool      pool
	userAgent string
	timeouts  Timeouts
}

// NewClient returns a client with connections of its own. It fails if a file of certificates or keys cannot be read, or holds none.
// A proxy is taken from HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
func NewClient(o Options) (*Client, error) {
	o = o.withDefaults()
	config, err := o.tls()
	if err != nil {
		return nil, err
	}
	return &Client{
		router:    router{proxy: http.ProxyFromEnvironment},
		dialer:    newDialer(o.Timeouts, config),
		pool:      pool{most: o.Parallel, keep: o.Timeouts.Idle},
		userAgent: o.UserAgent,
		timeouts:  o.Timeouts,
	}, nil
}

// Close closes the idle connections. Requests under way end by themselves, and close theirs.
func (c *Client) Close() { c.pool.close() }
