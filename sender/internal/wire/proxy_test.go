package wire

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ingest-dev/ingest/sender"
)

// TestProxies sends through each sort of proxy, to a plain and to a secure store.
func TestProxies(t *testing.T) {
	for _, scheme := range []string{"http", "https", "socks5", "socks5h"} {
		for _, secure := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, tls=%v", scheme, secure), func(t *testing.T) {
				p := startProxy(t, scheme)
				u, c := start(t, http.HandlerFunc(echo), secure)
				p.use(c, scheme, url.UserPassword("user", "word"))
				for _, n := range []int{0, 10, inline + 1} {
					body := bytes.Repeat([]byte("x"), n)
					answer, err := c.Do(t.Context(), put(u, body))
					if err != nil || !bytes.Equal(answer.Body, body) {
						t.Fatalf("%d bytes: %v", n, err)
					}
				}
				if p.used.Load() == 0 {
					t.Fatal("the proxy was not used")
				}
			})
		}
	}
}

// Inside a tunnel there is nobody whom the proxy's password is for.
func TestProxyCredentialsGoToTheProxyAlone(t *testing.T) {
	for _, scheme := range []string{"http", "https", "socks5"} {
		t.Run(scheme, func(t *testing.T) {
			var leaked atomic.Value
			p := startProxy(t, scheme)
			u, c := start(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { leaked.Store(fmt.Sprint(r.Header)) }), true)
			p.use(c, scheme, url.UserPassword("user", "word"))
			if _, err := c.Do(t.Context(), put(u, nil)); err != nil {
				t.Fatal(err)
			}
			if header := leaked.Load().(string); strings.Contains(header, "Proxy") || strings.Contains(header, "dXNlcjp3b3Jk") {
				t.Errorf("the store saw %s", header)
			}
		})
	}
}

func TestProxyThatRefusesIsNamed(t *testing.T) {
	p := startProxy(t, "http")
	u, c := start(t, http.HandlerFunc(echo), true)
	p.use(c, "http", url.UserPassword("user", "wrong"))
	_, err := c.Do(t.Context(), put(u, nil))
	if hint := failed(t, err, sender.StopRun, false); !strings.Contains(hint, "HTTPS_PROXY") || strings.Contains(err.Error(), "wrong") {
		t.Fatalf("got %v", err)
	}
}

func TestProxyThatNeverConnectsIsLeft(t *testing.T) {
	u, c := start(t, http.HandlerFunc(echo), true)
	silent := serve(t, func(c *net.TCPConn) { drain(c) })
	c.router.proxy = func(*http.Request) (*url.URL, error) { return silent, nil }
	c.dialer.timeouts.TLS = 100e6
	_, err := c.Do(t.Context(), put(u, nil))
	failed(t, err, sender.TryAgain, false)
	unreachable(t, err, true)
}

func TestBadProxyVariableIsNotRepeated(t *testing.T) {
	u, c := start(t, http.HandlerFunc(echo), false)
	c.router.proxy = func(*http.Request) (*url.URL, error) { return nil, errors.New("parse user:word") }
	_, err := c.Do(t.Context(), put(u, nil))
	if failed(t, err, sender.StopRun, false) == "" || strings.Contains(err.Error(), "word") {
		t.Fatalf("got %v", err)
	}
}

// testProxy lets one user through: as an HTTP proxy, over TLS or not, or as a SOCKS5 one.
type testProxy struct {
	address string
	trust   func(*Client)
	used    atomic.Int64
}

func startProxy(t *testing.T, scheme string) *testProxy {
	p := &testProxy{trust: func(*Client) {}}
	if strings.HasPrefix(scheme, "socks") {
		p.address = serve(t, p.socks).Host
		return p
	}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(p.serve))
	srv.Config.ErrorLog = quiet
	if scheme == "https" {
		srv.StartTLS()
		p.trust = func(c *Client) {
			pool := srv.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
			if c.dialer.tls.RootCAs == nil {
				c.dialer.tls.RootCAs = pool
			}
		}
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	p.address = srv.Listener.Addr().String()
	return p
}

func (p *testProxy) use(c *Client, scheme string, user *url.Userinfo) {
	p.trust(c)
	u := &url.URL{Scheme: scheme, Host: p.address, User: user}
	c.router.proxy = func(*http.Request) (*url.URL, error) { return u, nil }
}

func (p *testProxy) serve(w http.ResponseWriter, r *http.Request) {
	p.used.Add(1)
	if r.Header.Get("Proxy-Authorization") != "Basic dXNlcjp3b3Jk" {
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if r.Method == http.MethodConnect {
		p.tunnel(w, r.Host)
		return
	}
	if !r.URL.IsAbs() {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	out := r.Clone(r.Context())
	out.RequestURI = ""
	answer, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, answer.Body)
}

func (p *testProxy) tunnel(w http.ResponseWriter, host string) {
	c, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer c.Close()
	say(c, "HTTP/1.1 200 Connection established\r\n\r\n")
	join(struct {
		io.Reader
		io.WriteCloser
	}{buffered, c}, host)
}

// socks speaks as much of RFC 1928 and 1929 as one client needs.
func (p *testProxy) socks(c *net.TCPConn) {
	p.used.Add(1)
	in := bufio.NewReader(c)
	take := func(n int) []byte {
		b := make([]byte, n)
		_, _ = io.ReadFull(in, b)
		return b
	}
	take(int(take(2)[1]))
	say(c, "\x05\x02")
	user := take(int(take(2)[1]))
	word := take(int(take(1)[0]))
	if string(user)+":"+string(word) != "user:word" {
		say(c, "\x01\x01")
		return
	}
	say(c, "\x01\x00")
	host := ""
	switch take(4)[3] {
	case 1:
		host = net.IP(take(4)).String()
	case 3:
		host = string(take(int(take(1)[0])))
	}
	host = net.JoinHostPort(host, fmt.Sprint(binary.BigEndian.Uint16(take(2))))
	say(c, "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
	join(struct {
		io.Reader
		io.WriteCloser
	}{in, c}, host)
}

// join carries bytes both ways until both sides are done.
func join(client io.ReadWriteCloser, host string) {
	store, err := net.Dial("tcp", host)
	if err != nil {
		return
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		_, _ = io.Copy(store, client)
		store.Close()
	})
	_, _ = io.Copy(client, store)
	client.Close()
	wg.Wait()
}
