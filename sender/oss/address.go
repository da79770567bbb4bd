package oss

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/ingest-dev/ingest/sender/internal/wire"
)

const domain = ".aliyuncs.com"

// address is where a bucket is.
type address struct {
	scheme, host string // the host as requests state it: with the bucket, unless pathStyle
	bucket       string
	pathStyle    bool
}

// url returns the URL of a key, or of the bucket if the key is empty; and its path as signatures want it, which has
// the bucket in any style.
func (a *address) url(key, query string) (u url.URL, signed string) {
	var room [256]byte
	b := append(append(append(room[:0], '/'), a.bucket...), '/')
	signed = string(wire.AppendEscaped(b, key, true))
	u = url.URL{Scheme: a.scheme, Host: a.host, RawQuery: query}
	if a.pathStyle {
		u.RawPath = signed
	} else {
		u.RawPath = signed[1+len(a.bucket):]
	}
	if u.Path = u.RawPath; len(signed) != 2+len(a.bucket)+len(key) {
		u.Path = "/" + key
		if a.pathStyle {
			u.Path = "/" + a.bucket + u.Path
		}
	}
	return u, signed
}

// locate finds out where the bucket is, and the region to sign for, which is empty with V1.
func locate(o Options) (address, string, error) {
	region := bareRegion(o.Region)
	if !isRegion(region) {
		return address{}, "", fmt.Errorf("region %q: it looks like cn-hangzhou", o.Region)
	}
	endpoint, err := o.endpoint(region)
	if err != nil {
		return address{}, "", err
	}
	a, err := parseEndpoint(endpoint)
	if err != nil {
		return address{}, "", err
	}
	if region == "" {
		region = regionOf(a.host)
	}
	if region == "" && !o.SignatureV1 {
		return address{}, "", fmt.Errorf("no region: set OSS_REGION (such as cn-hangzhou); %s does not tell it", a.host)
	}
	return a.with(o), region, nil
}

// endpoint returns the endpoint that is named, or the region's.
func (o Options) endpoint(region string) (string, error) {
	switch {
	case o.CNAME && o.PathStyle:
		return "", errors.New("a domain of one's own has the bucket neither in its name nor in its paths")
	case o.CNAME && o.Endpoint == "":
		return "", errors.New("no endpoint: name the domain that is bound to the bucket")
	case o.Endpoint != "" && o.Network != Public:
		return "", fmt.Errorf("an endpoint and the network %s: name one of them", o.Network)
	case o.Endpoint != "":
		return o.Endpoint, nil
	case region == "":
		return "", errors.New("neither region nor endpoint: set OSS_REGION (such as cn-hangzhou) or OSS_ENDPOINT")
	}
	return o.Network.endpoint(region), nil
}

// with puts the bucket into the address.
func (a address) with(o Options) address {
	a.bucket = o.Bucket
	if o.CNAME {
		return a
	}
	a.pathStyle = o.PathStyle || isLocal(a.host)
	if !a.pathStyle && !isBucketHost(a.host, o.Bucket) {
		a.host = o.Bucket + "." + a.host
	}
	return a
}

// isBucketHost reports whether an endpoint of Alibaba's has the bucket in it already, as consoles show it.
func isBucketHost(host, bucket string) bool {
	rest, ok := strings.CutPrefix(host, bucket+".")
	return ok && (strings.HasPrefix(rest, "oss-") || regionOf(rest) != "")
}

// parseEndpoint reads "[http[s]://]host[:port][/]". The error does not repeat the endpoint, which may hold a password.
func parseEndpoint(s string) (address, error) {
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "":
		return address{}, errors.New("the endpoint is not a URL: write [http://]host[:port]")
	case u.Scheme != "http" && u.Scheme != "https":
		return address{}, fmt.Errorf("the endpoint's scheme is %q: http or https", u.Scheme)
	case u.User != nil:
		return address{}, errors.New("the endpoint holds a user: credentials come from the environment")
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return address{}, errors.New("the endpoint has a path: write [http://]host[:port]")
	}
	return address{scheme: u.Scheme, host: u.Host}, nil
}

// isLocal reports whether a host is an IP address or localhost, which have no names below them.
func isLocal(host string) bool {
	u := url.URL{Host: host}
	name := u.Hostname()
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || net.ParseIP(name) != nil
}

// bareRegion takes off the prefix that consoles show.
func bareRegion(s string) string { return strings.TrimPrefix(s, "oss-") }

// isName reports whether c may stand in the names of buckets and regions.
func isName(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' }

func isRegion(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !isName(c) {
			return false
		}
	}
	return true
}

// regionOf returns the region in the name of an endpoint of Alibaba's, or "" where the name has none:
//
//	oss-cn-hangzhou.aliyuncs.com              public
//	oss-cn-hangzhou-internal.aliyuncs.com     within the region
//	cn-hangzhou.oss.aliyuncs.com              dual stack
//	oss-accelerate[-overseas].aliyuncs.com    accelerated: any region
//
// A bucket may stand before any of them.
func regionOf(host string) string {
	name, ok := strings.CutSuffix(strings.ToLower((&url.URL{Host: host}).Hostname()), domain)
	if !ok {
		return ""
	}
	if before, ok := strings.CutSuffix(name, ".oss"); ok {
		return lastLabel(before)
	}
	region, ok := strings.CutPrefix(lastLabel(name), "oss-")
	if !ok || region == "accelerate" || region == "accelerate-overseas" {
		return ""
	}
	return strings.TrimSuffix(region, "-internal")
}

func lastLabel(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }
