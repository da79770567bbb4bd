package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"

	"github.com/ingest-dev/ingest/sender"
)

// failure turns the lack of an answer into what it means. An error of ctx is a TryAgain: nothing speaks against the
// request itself.
func (x *exchange) failure(ctx context.Context, err error) *sender.Error {
	r := x.request
	e := &sender.Error{Op: r.Op, Key: r.Key, Part: r.Part, Kind: sender.TryAgain}
	switch {
	case ctx.Err() != nil:
		err = because(ctx)
	case x.verdict.Load() != nil:
		err = *x.verdict.Load()
	default:
		e.Hint = x.hint(err)
	}
	if e.Hint != "" {
		e.Kind = sender.StopRun
	}
	if vanished(err) || errors.Is(err, errHead) {
		e.Kind = sender.GiveUp
	}
	if e.Kind == sender.TryAgain {
		err = x.unanswered(ctx, err)
	}
	e.Err = err
	return e
}

// unanswered says how far a request got that may succeed later. A caller that gave up before anything was sent does
// not know if the store can be reached.
func (x *exchange) unanswered(ctx context.Context, err error) error {
	switch {
	case x.sent():
		return fmt.Errorf("%w: %w", sender.ErrNoAnswer, err)
	case ctx.Err() == nil:
		return fmt.Errorf("%w: %w", sender.ErrUnreachable, err)
	}
	return err
}

func because(ctx context.Context) error {
	if cause := context.Cause(ctx); !errors.Is(cause, ctx.Err()) {
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	return ctx.Err()
}

// hint returns what to do about an error that no repetition cures, or "" if one may.
func (x *exchange) hint(err error) string {
	if _, ok := errors.AsType[*handshakeError](err); ok {
		return handshakeHint(err)
	}
	if alert, ok := alertIn(err); ok && aboutUs(alert) { // in TLS 1.3 we learn of it when the handshake is over for us
		return hintAboutUs
	}
	if errors.Is(err, errProxyVariable) {
		return "check HTTPS_PROXY and HTTP_PROXY"
	}
	if refusal, ok := errors.AsType[*proxyRefusal](err); ok && refusal.status < 500 {
		return "check the credentials in HTTPS_PROXY, and what the proxy allows"
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound && !dns.IsTemporary {
		return "no host has this name; check the endpoint, the region and the bucket's name"
	}
	return ""
}

// handshakeHint tells what a person must mend from what the network may do by itself: a connection that was cut,
// that took too long, or that a busy server ended.
func handshakeHint(err error) string {
	if plain, ok := errors.AsType[tls.RecordHeaderError](err); ok && string(plain.RecordHeader[:]) == "HTTP/" {
		return "the endpoint does not speak TLS; write http:// in front of it if that is meant"
	}
	if alert, ok := alertIn(err); ok {
		return alertHint(alert)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return certificateHint(err)
	}
	if _, ok := errors.AsType[net.Error](err); ok || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ""
	}
	return "the endpoint does not speak TLS 1.2 or newer as it should; check the endpoint"
}

// alertIn returns the number of the alert that ended a handshake. Outside of QUIC crypto/tls has no name for the type
// that it puts into a net.OpError: it is the only cause there that is a uint8.
func alertIn(err error) (uint8, bool) {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok {
		return 0, false
	}
	v := reflect.ValueOf(op.Err)
	if v.Kind() != reflect.Uint8 {
		return 0, false
	}
	return uint8(v.Uint()), true
}

func alertHint(alert uint8) string {
	const closeNotify, internalError, userCanceled = 0, 80, 90 // RFC 8446, section 6
	switch {
	case alert == closeNotify || alert == internalError || alert == userCanceled:
		return ""
	case aboutUs(alert):
		return hintAboutUs
	}
	return "the endpoint refuses our TLS; it must speak TLS 1.2 or newer, and may want a client certificate"
}

const hintAboutUs = "the endpoint asks who we are and takes no answer, or not this one; name a client certificate and its key"

// aboutUs reports whether an alert is of a server that does not know our certificate, or misses one: those from
// bad_certificate to certificate_unknown, unknown_ca, access_denied and certificate_required of RFC 8446, section 6.
func aboutUs(alert uint8) bool {
	return alert >= 42 && alert <= 46 || alert == 48 || alert == 49 || alert == 116
}

func certificateHint(err error) string {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "the endpoint's certificate is signed by nobody known; name its authority's PEM file if you trust it"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "the endpoint's certificate is of another name; check the endpoint"
	}
	return "the endpoint's certificate is not valid; check the endpoint and this machine's clock"
}
