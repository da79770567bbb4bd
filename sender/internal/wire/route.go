package wire

import (
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
)

// route is the way to a store: whom to connect to, and what to say to it. Links of equal routes are interchangeable.
type route struct {
	secure        bool   // TLS with the store
	host          string // the store's, with its port
	via           string // the proxy's URL without its user; empty: none
	absolute      bool   // requests name the whole URL, as a plain proxy wants it
	authorization string // for a plain proxy; one with a tunnel got it when that was made
}

// way is a route as it was found.
type way struct {
	scheme, host string // of the URL that it leads to
	route        route
	proxy        *url.URL // nil: none
}

// router finds routes, and keeps the latest: a run has one store.
type router struct {
	proxy  func(*http.Request) (*url.URL, error)
	latest atomic.Pointer[way]
}

// errProxyVariable is returned when a proxy variable is not a URL. Its value is not repeated: it may hold a password.
var errProxyVariable = errors.New("the proxy variable is not a valid URL")

func (r *router) to(u *url.URL) (*way, error) {
	if w := r.latest.Load(); w != nil && w.scheme == u.Scheme && w.host == u.Host {
		return w, nil
	}
	proxy, err := r.proxy(&http.Request{URL: u})
	if err != nil {
		return nil, errProxyVariable
	}
	w := &way{u.Scheme, u.Host, newRoute(u, proxy), proxy}
	r.latest.Store(w)
	return w, nil
}

func newRoute(u, proxy *url.URL) route {
	r := route{secure: u.Scheme == "https", host: hostPort(u)}
	if proxy == nil {
		return r
	}
	r.via = proxy.Scheme + "://" + proxy.Host
	if !r.secure && !isSOCKS(proxy) {
		r.absolute, r.authorization = true, proxyAuthorization(proxy)
	}
	return r
}

func isSOCKS(proxy *url.URL) bool { return proxy.Scheme == "socks5" || proxy.Scheme == "socks5h" }

// proxyAuthorization is what a proxy's user and password are sent as, if its URL holds any.
func proxyAuthorization(proxy *url.URL) string {
	if proxy.User == nil {
		return ""
	}
	password, _ := proxy.User.Password()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(proxy.User.Username()+":"+password))
}

// hostPort returns a URL's host with its port, which its scheme implies where none is written.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	if port == "" {
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}
