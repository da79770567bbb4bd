package oss

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/sender"
)

// refreshing is a provider whose Refresh does what the test says.
type refreshing struct {
	ProviderFunc
	refresh func(stale Credentials) (Credentials, error)
}

func (r refreshing) Refresh(_ context.Context, stale Credentials) (Credentials, error) {
	return r.refresh(stale)
}

func TestRefusedCredentialsAreRefreshed(t *testing.T) {
	fresh := Credentials{canaryID, canarySecret, "fresh"}
	later := &sender.Error{Op: "ask the source", Kind: sender.TryAgain, Err: errors.New("away")}
	for name, c := range map[string]struct {
		code string
		now  Credentials
		err  error
		kind sender.Kind
		hint string
	}{
		"others":    {"SecurityTokenExpired", fresh, nil, sender.TryAgain, ""},
		"the same":  {"SecurityTokenExpired", canary, nil, sender.StopRun, "new ones"},
		"none":      {"InvalidAccessKeyId", Credentials{}, errors.New("they are from a file"), sender.StopRun, "check the access key id, and the token if there is one; they are from a file"},
		"not yet":   {"InvalidSecurityToken", Credentials{}, fmt.Errorf("role: %w", later), sender.TryAgain, "away"},
		"not asked": {"AccessDenied", fresh, nil, sender.GiveUp, "policies"},
	} {
		s, _ := start(t, refuses(403, c.code, ""))
		asked := 0
		s.credentials = refreshing{Static(canary).(ProviderFunc), func(stale Credentials) (Credentials, error) {
			if asked++; stale != canary {
				t.Errorf("%s: asked for others than %v", name, stale)
			}
			return c.now, c.err
		}}
		e := errorOf(t, calls(t, s)["put object"]())
		if e.Kind != c.kind || !strings.Contains(e.Hint, c.hint) || c.hint == "" && e.Hint != "" {
			t.Errorf("%s: got kind %d, %v", name, e.Kind, e)
		}
		if want := map[bool]int{true: 0, false: 1}[name == "not asked"]; asked != want {
			t.Errorf("%s: asked %d times", name, asked)
		}
	}
}

func TestRefusedEnvironmentIsNamed(t *testing.T) {
	t.Setenv("OSS_ACCESS_KEY_ID", canaryID)
	t.Setenv("OSS_ACCESS_KEY_SECRET", canarySecret)
	t.Setenv("OSS_SESSION_TOKEN", canaryToken)
	s, _ := start(t, refuses(403, "SignatureDoesNotMatch", ""))
	s.credentials = Environment()
	noSecret(t, fmt.Sprintf("%v %+v %#v", s.Provider(), s.Provider(), s.Provider()))
	e := errorOf(t, calls(t, s)["put object"]())
	if e.Kind != sender.StopRun || !strings.Contains(e.Hint, "OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET, OSS_SESSION_TOKEN") {
		t.Errorf("got %v", e)
	}
}
