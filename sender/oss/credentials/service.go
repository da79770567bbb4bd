package credentials

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// A service that issues credentials gets serviceTries within serviceTime: its answer takes some tens of milliseconds.
const (
	serviceTries = 3
	serviceTime  = 10 * time.Second
	serviceWait  = 300 * time.Millisecond
)

// service is something that issues credentials over HTTP. A client lives as long as a question, as there is one an
// hour: nothing is left to be closed.
type service struct {
	wire wire.Options
	now  func() time.Time
	op   string // what its errors say was being done,
	key  string // and with what
}

// ask sends a request, and another if that may help: no two are the same, as their nonces differ. Every answer is
// returned.
func (s *service) ask(ctx context.Context, request func() *wire.Request) (*wire.Response, error) {
	client, err := wire.NewClient(s.wire)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	bounded, cancel := context.WithTimeout(ctx, serviceTime)
	defer cancel()
	var answer *wire.Response
	for try := range serviceTries {
		if try > 0 && !pause(bounded) {
			break
		}
		r := request()
		r.Op, r.Key = s.op, s.key
		answer, err = client.Do(bounded, r)
		if err == nil && !mayPass(answer.Status) || sender.KindOf(err) == sender.StopRun {
			break
		}
	}
	switch {
	case err == nil:
		return answer, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, s.silent(err)
}

// pause waits before the next try, and reports whether there is time for one.
func pause(ctx context.Context) bool {
	t := time.NewTimer(serviceWait)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func mayPass(status int) bool { return status >= 500 || status == http.StatusTooManyRequests }

// unavailable is why a source said nothing. To whoever tries again it is as if the store was away: it is waited for.
type unavailable struct{ reason string }

func (u unavailable) Error() string { return u.reason }

// Is makes it the silence that it is, without the words of that: they are about the store.
func (u unavailable) Is(target error) bool { return target == sender.ErrUnreachable }

// silent is the error of a service that did not answer.
func (s *service) silent(err error) error {
	e, ok := errors.AsType[*sender.Error](err)
	if !ok || e.Kind == sender.StopRun {
		return err
	}
	reason := fmt.Sprintf("no answer within %v", serviceTime)
	if e.Err != nil && !errors.Is(err, context.DeadlineExceeded) {
		reason = strings.TrimPrefix(e.Err.Error(), sender.ErrUnreachable.Error()+": ")
	}
	return &sender.Error{Op: s.op, Key: s.key, Kind: sender.TryAgain, Err: unavailable{reason}}
}

// strange is the error of an answer that is none of the service's: something between us speaks, perhaps for a while.
func (s *service) strange(answer *wire.Response) error {
	return &sender.Error{
		Op: s.op, Key: s.key, Kind: sender.TryAgain, Status: answer.Status,
		Err: errors.New("the answer holds no credentials that can be read"),
	}
}

// The bounds of what an error repeats, in bytes.
const (
	maxCode    = 128
	maxMessage = 256
)

// refusal is the error that a service states. Nothing of it is repeated that holds one of the secrets, however they
// are encoded; and no string to sign, which holds the token.
func (s *service) refusal(answer *wire.Response, secrets []string) error {
	var body struct{ Code, Message, RequestID, HostID string }
	if !decode(answer.Body, &body) || body.Code == "" {
		body.Code, body.Message = "", http.StatusText(answer.Status)
	}
	e := &sender.Error{
		Op: s.op, Key: s.key, Kind: sender.StopRun, Status: answer.Status,
		Code: clean(body.Code, maxCode, secrets), Message: clean(body.Message, maxMessage, secrets),
		RequestID: clean(body.RequestID, maxCode, secrets), HostID: clean(body.HostID, maxCode, secrets),
		RetryAfter: wire.RetryAfter(answer.Header),
	}
	e.Hint = hint(e.Code)
	if mayPass(answer.Status) || strings.HasPrefix(e.Code, "Throttling") {
		e.Kind = sender.TryAgain
	}
	return e
}

// clean returns a foreign text, cut, or nothing of it if it holds a secret.
func clean(s string, n int, secrets []string) string {
	if strings.Contains(s, "string to sign") {
		return "the signature is wrong"
	}
	for _, secret := range secrets {
		for range 3 { // as it is, encoded, and encoded again
			if secret != "" && strings.Contains(s, secret) {
				return "***"
			}
			secret = escaped(secret)
		}
	}
	return strings.ToValidUTF8(s[:min(len(s), n)], "")
}

// hint says what to do about a code of STS.
func hint(code string) string {
	switch {
	case strings.HasPrefix(code, "InvalidTimeStamp"):
		return "check this machine's clock"
	case strings.Contains(code, "OIDCToken"):
		return "check the OIDC token and its provider"
	case strings.HasPrefix(code, "EntityNotExist"):
		return "check the role's ARN"
	case strings.Contains(code, "NoPermission"):
		return "check whom the role trusts, and whether the key may call sts:AssumeRole"
	case strings.HasPrefix(code, "InvalidAccessKeyId") || strings.HasPrefix(code, "SignatureDoesNotMatch") || strings.HasPrefix(code, "InvalidSecurityToken"):
		return "check the access key that assumes the role"
	}
	return ""
}

// plain reports whether what a URL answers travels unencrypted, beyond this machine.
func plain(u *url.URL) bool { return u.Scheme == "http" && !isLoopback(u.Hostname()) }

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
