package main

import (
	"maps"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

func TestPairsAreMisread(t *testing.T) {
	for text, want := range map[string]map[string]string{
		"a=1": {"a": "1"}, "a=b=c,d": {"a": "b=c,d"}, "a=": {"a": ""}, "a=1\nb=2\n": {"a": "1", "b": "2"}, "": nil,
	} {
		var p pairs
		if err := p.Set(text); err != nil || !maps.Equal(p.values, want) {
			t.Errorf("%q: %v, %v", text, p.values, err)
		}
	}
	for _, text := range []string{"a", "=1", "a=1\na=2", "a=1\n\n"} {
		var p pairs
		if err := p.Set(text); err == nil {
			t.Errorf("%q is %v", text, p.values)
		}
	}
}

// A flag may be half of what the rows state the other half of.
func TestHalfADefaultIsRefused(t *testing.T) {
	at := time.Unix(1, 0)
	o := sender.Object{EncryptionKey: "k", LockUntil: at, LegalHold: true}
	if leaveHalves(&o); o.EncryptionKey != "" || !o.LockUntil.IsZero() || !o.LegalHold {
		t.Errorf("got %+v", o)
	}
	o = sender.Object{Encryption: "KMS", EncryptionKey: "k", LockMode: "GOVERNANCE", LockUntil: at}
	if leaveHalves(&o); o.EncryptionKey != "k" || o.LockUntil != at || o.LockMode == "" {
		t.Errorf("got %+v", o)
	}
}
