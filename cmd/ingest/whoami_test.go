package main

import (
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

func TestHowLongCredentialsLastIsSaid(t *testing.T) {
	now := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		who  identity
		want string
	}{
		{identity{}, "it does not expire"},
		{identity{Temporary: true}, "nobody renews it"},
		{identity{Temporary: true, Renews: true}, "others are got when the store refuses it"},
		{identity{Temporary: true, Renews: true, Expires: now.Add(58 * time.Minute)}, "until 2026-11-20T03:58:00Z (58m from now); it is renewed before that"},
		{identity{Temporary: true, Expires: now.Add(58 * time.Minute)}, "(58m from now); nobody renews it"},
		{identity{Temporary: true, Expires: now.Add(-time.Minute)}, "(0s from now)"},
	} {
		if got := c.who.lasts(now); !strings.Contains(got, c.want) {
			t.Errorf("%+v: got %q", c.who, got)
		}
	}
}

// Credentials that end in the middle of a night's job are told before it begins.
func TestCredentialsThatEndBeforeTheJobAreTold(t *testing.T) {
	now := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	in := func(d time.Duration) time.Time { return now.Add(d) }
	for _, c := range []struct {
		who   identity
		lasts bool
	}{
		{identity{User: "me"}, true},
		{identity{KeyID: "lasting"}, true},
		{identity{Temporary: true, Renews: true, Expires: in(time.Hour)}, true},
		{identity{Temporary: true, Renews: true}, true},
		{identity{Temporary: true, Expires: in(6 * time.Hour)}, true},
		{identity{Temporary: true, Expires: in(6*time.Hour - time.Second)}, false},
		{identity{Temporary: true, Expires: in(-time.Hour)}, false},
		{identity{Temporary: true}, false},
	} {
		err := c.who.outlive(6*time.Hour, now)
		if (err == nil) != c.lasts || *c.who.Outlasts != c.lasts || err != nil && exitCode(err) != exitFailed {
			t.Errorf("%+v: %v", c.who, err)
		}
		if err := c.who.outlive(0, now); err != nil {
			t.Errorf("nobody said how long: %v", err)
		}
	}
}

func TestForeignNamesDoNotReachTheTerminal(t *testing.T) {
	i := identity{URL: "oss://b/\x1b[2J", KeyID: "id\x1b[2J", Role: "role\a"}
	i.judge(&sender.Error{Code: "Odd\x1b[2J"})
	if got := i.text(time.Now()); strings.ContainsAny(got, "\x1b\a") {
		t.Errorf("got %q", got)
	}
}
