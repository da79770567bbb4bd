package callback

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func parse(t *testing.T, c *Caller, url string) *Callback {
	t.Helper()
	text := `{"callbackUrl":"` + url + `","callbackBody":"k=v"}`
	cb, err := c.Parse(base64.StdEncoding.EncodeToString([]byte(text)), "")
	if err != nil {
		t.Fatal(err)
	}
	return cb
}

func TestServerThatTakesItsTimeIsLeft(t *testing.T) {
	released := make(chan struct{})
	h := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-released }))
	defer h.Close()
	defer close(released)
	c := NewCaller(false)
	if c.patience != 5*time.Second {
		t.Errorf("it has %v", c.patience)
	}
	c.patience = 20 * time.Millisecond
	if _, err := c.Call(t.Context(), parse(t, c, h.URL), Event{}); !errors.Is(err, tooSlow) {
		t.Errorf("got %v", err)
	}
}

// What a name stands for can change between looking and calling, so it is the address called that counts.
func TestNameThatStandsForAnotherMachineIsNotCalled(t *testing.T) {
	for address, want := range map[string]error{
		"127.0.0.1:80": nil, "127.9.9.9:80": nil, "[::1]:80": nil, "[::ffff:127.0.0.1]:80": nil,
		"10.0.0.1:80": errBeyond, "169.254.169.254:80": errBeyond, "[::]:80": errBeyond, "0.0.0.0:80": errBeyond,
		"[::ffff:10.0.0.1]:80": errBeyond, "not an address": errBeyond,
	} {
		if err := loopbackOnly("tcp", address, nil); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", address, err, want)
		}
	}
	transport := NewCaller(false).client.Transport.(*http.Transport)
	if conn, err := transport.DialContext(t.Context(), "tcp", "192.0.2.1:80"); !errors.Is(err, errBeyond) {
		t.Errorf("dialled %v, %v", conn, err)
	}
}

func TestAnywhereIsForWhoAsksForIt(t *testing.T) {
	const url = "http://app.example/"
	c := NewCaller(true)
	if cb := parse(t, c, url); len(cb.urls) != 1 || cb.urls[0] != url {
		t.Errorf("%v", cb.urls)
	}
}
