package s3

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// address is where a bucket is: everything of a URL but the key and the query.
type address struct {
	scheme string
	host   string
	path   string // before the key, without the last slash: "", "/bucket", "/base/bucket"
	raw    string // path, escaped
}

// newAddress reads an endpoint and puts the bucket into it.
func newAddress(endpoint, bucket string, style Style) (address, error) {
	if !strings.Contains(endpoint, "://") {
		endpoint = "https://" + endpoint
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return address{}, fmt.Errorf("the endpoint is not a URL of the form https://host[:port]")
	}
	if err := checkEndpoint(u); err != nil {
		return address{}, err
	}
	a := address{scheme: u.Scheme, host: bareHost(u), path: strings.TrimRight(u.Path, "/")}
	if style.resolve(u.Hostname(), bucket) == VirtualStyle {
		a.host = bucket + "." + a.host
	} else {
		a.path += "/" + bucket
	}
	a.raw = string(wire.AppendEscaped(nil, a.path, true))
	return a, nil
}

// checkEndpoint does not repeat the endpoint: what does not belong there may be a secret.
func checkEndpoint(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("the endpoint's scheme is %q: use http or https", u.Scheme)
	case u.Hostname() == "":
		return fmt.Errorf("the endpoint names no host")
	case u.User != nil:
		return fmt.Errorf("the endpoint holds a user or a password: credentials belong into the environment")
	case u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("the endpoint has a query or a fragment")
	}
	return nil
}

// bareHost drops a scheme's default port, which clients leave out of the Host header that is signed.
func bareHost(u *url.URL) string {
	if p := u.Port(); p == "" || p == "443" && u.Scheme == "https" || p == "80" && u.Scheme == "http" {
		return strings.TrimSuffix(u.Host, ":"+p)
	}
	return u.Host
}

// url returns the URL of a key, or of the bucket for the empty key. The query must be escaped and sorted by name,
// with "name=" for a name alone, as it is signed that way.
func (a address) url(key, query string) url.URL {
	u := url.URL{Scheme: a.scheme, Host: a.host, Path: a.path, RawPath: a.raw, RawQuery: query}
	if key != "" || a.path == "" {
		var room [256]byte
		raw := append(append(room[:0], a.raw...), '/')
		u.RawPath = string(wire.AppendEscaped(raw, key, true))
		if u.Path = u.RawPath; len(u.RawPath) != len(a.path)+1+len(key) {
			u.Path = a.path + "/" + key
		}
	}
	return u
}
