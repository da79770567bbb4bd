package credentials

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/sender/internal/wire"
	"github.com/ingest-dev/ingest/sender/oss"
)

// sts is the Security Token Service, version 2015-04-01, in the RPC style of Alibaba Cloud's older APIs:
// https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism
//
// All parameters travel in the body, none in the URL: URLs are logged by those in between.
type sts struct {
	url *url.URL
	service
}

// parameter is one of a request's.
type parameter struct{ name, value string }

// stsOf returns the STS that a profile's role is to be assumed at, once the role is found to be one.
func (c *chain) stsOf(p *profile) (*sts, error) {
	if err := p.checkRole(); err != nil {
		return nil, err
	}
	u, err := c.stsURL(p)
	if err != nil {
		return nil, err
	}
	return &sts{u, service{c.Wire, c.now, "assume role", p.roleARN}}, nil
}

func (c *chain) stsURL(p *profile) (*url.URL, error) {
	if c.sts != "" {
		return url.Parse(c.sts)
	}
	if endpoint := first(p.stsEndpoint, c.env("ALIBABA_CLOUD_STS_ENDPOINT")); endpoint != "" {
		return ownSTS(endpoint)
	}
	region := first(p.stsRegion, c.env("ALIBABA_CLOUD_STS_REGION"))
	switch {
	case region == "":
		return &url.URL{Scheme: "https", Host: "sts.aliyuncs.com", Path: "/"}, nil
	case !isRegion(region):
		return nil, fmt.Errorf("%q is no region of STS: want one such as cn-hangzhou", region)
	}
	host := "sts."
	if p.vpc || c.isTrue("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED") {
		host = "sts-vpc."
	}
	return &url.URL{Scheme: "https", Host: host + region + ".aliyuncs.com", Path: "/"}, nil
}

// ownSTS is an endpoint that was configured, with https unless it is on this machine: what it answers is a secret.
func ownSTS(endpoint string) (*url.URL, error) {
	if !strings.Contains(endpoint, "://") {
		endpoint = "https://" + endpoint
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, errors.New("the STS endpoint is none: want a host such as sts.cn-hangzhou.aliyuncs.com")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return nil, errors.New("the STS endpoint must be reached by https")
	}
	u.Path = "/"
	return u, nil
}

func isRegion(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }) < 0
}

// assume calls AssumeRole, signed with the credentials that may assume the role.
func (s *sts) assume(ctx context.Context, who oss.Credentials, p []parameter) (session, error) {
	p = append(p,
		parameter{"AccessKeyId", who.AccessKeyID}, parameter{"SignatureMethod", "HMAC-SHA1"},
		parameter{"SignatureVersion", "1.0"})
	if who.SecurityToken != "" {
		p = append(p, parameter{"SecurityToken", who.SecurityToken})
	}
	return s.call(ctx, func() string {
		form := s.form(append(slices.Clip(p), parameter{"SignatureNonce", rand.Text()}))
		return form + "&Signature=" + escaped(signature(form, who.AccessKeySecret))
	}, who.AccessKeySecret, who.SecurityToken)
}

// assumeWithOIDC calls AssumeRoleWithOIDC, which is not signed: the token is the proof.
func (s *sts) assumeWithOIDC(ctx context.Context, token string, p []parameter) (session, error) {
	return s.call(ctx, func() string { return s.form(p) }, token)
}

// form returns the parameters in the order and the encoding that are signed.
func (s *sts) form(p []parameter) string {
	p = append(slices.Clip(p), parameter{"Format", "JSON"}, parameter{"Version", "2015-04-01"},
		parameter{"Timestamp", s.now().UTC().Format(time.RFC3339)})
	pairs := make([]string, len(p))
	for i, q := range p {
		pairs[i] = escaped(q.name) + "=" + escaped(q.value)
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "&")
}

// signature is that of a POST of a form to "/". SHA-1 is what the API has; HMAC does not suffer from its collisions.
func signature(form, secret string) string {
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte("POST&%2F&" + escaped(form)))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func escaped(s string) string { return string(wire.AppendEscaped(nil, s, false)) }

// call sends a form and reads the session. The secrets are those of the form: an answer may repeat them.
func (s *sts) call(ctx context.Context, form func() string, secrets ...string) (session, error) {
	answer, err := s.ask(ctx, func() *wire.Request {
		return &wire.Request{
			Method: http.MethodPost, URL: s.url, Body: []byte(form()),
			Header: wire.Header{{Name: "Content-Type", Value: "application/x-www-form-urlencoded"}},
		}
	})
	if err != nil {
		return session{}, err
	}
	if answer.Status != http.StatusOK {
		return session{}, s.refusal(answer, secrets)
	}
	var body struct {
		AssumedRoleUser struct{ Arn string }
		Credentials     issued
	}
	if !decode(answer.Body, &body) {
		return session{}, s.strange(answer)
	}
	got, err := body.Credentials.session(s.now(), answer.Header.Get("Date"))
	if err != nil || got.expires.IsZero() {
		return session{}, s.strange(answer)
	}
	got.role = first(body.AssumedRoleUser.Arn, s.key)
	return got, nil
}
