package oss

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/ingest-dev/ingest/sender"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// seen is a request as the fake saw it.
type seen struct {
	method, path, query, body string
	header                    http.Header
}

// fake answers every request by its script, and keeps them.
type fake struct {
	mu     sync.Mutex
	seen   []seen
	answer func(n int, w http.ResponseWriter, r seen)
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	got := seen{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body), r.Header}
	f.mu.Lock()
	f.seen = append(f.seen, got)
	n := len(f.seen)
	f.mu.Unlock()
	w.Header().Set("x-oss-request-id", "5C1B138A109F4E405B2D8AEF")
	f.answer(n, w, got)
}

// requests are those that came so far. Others may follow them.
func (f *fake) requests() []seen {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.seen)
}

func (f *fake) last() seen {
	all := f.requests()
	return all[len(all)-1]
}

// The secrets of the tests. They must not occur in anything that the package says.
const (
	canaryID     = "LTAIcanaryid"
	canarySecret = "canarysecretcanarysecret"
	canaryToken  = "CAIScanarytoken+/="
)

var canary = Credentials{canaryID, canarySecret, canaryToken}

// start returns a store whose requests get these answers, and the fake that gives them.
func start(t *testing.T, answer func(n int, w http.ResponseWriter, r seen)) (*Store, *fake) {
	t.Helper()
	f := &fake{answer: answer}
	srv := httptest.NewServer(f)
	s, err := New(t.Context(), Options{Bucket: "example-bucket", Endpoint: srv.URL, Region: "cn-hangzhou", Credentials: Static(canary)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); srv.Close() })
	return s, f
}

// say writes a body. That the store has hung up shows in the store.
func say(w io.Writer, text string) { _, _ = io.WriteString(w, text) }

// says returns an answer of a status and a body.
func says(status int, body string) func(int, http.ResponseWriter, seen) {
	return func(_ int, w http.ResponseWriter, _ seen) {
		w.WriteHeader(status)
		say(w, body)
	}
}

// refuses returns an answer as OSS gives it, for HEAD too.
func refuses(status int, code, more string) func(int, http.ResponseWriter, seen) {
	body := fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<Error xmlns="http://doc.oss-cn-hangzhou.aliyuncs.com">
  <Code> %s </Code>
  <Message>What happened.</Message>
  <RequestId>5C1B138A109F4E405B2D8AEF</RequestId>
  <HostId>example-bucket.oss-cn-hangzhou.aliyuncs.com</HostId>
  %s
</Error>`, code, more)
	return func(_ int, w http.ResponseWriter, r seen) {
		w.Header().Set("x-oss-err", base64.StdEncoding.EncodeToString([]byte(body)))
		w.Header().Set("x-oss-ec", "0001-00000001")
		w.WriteHeader(status)
		say(w, body)
	}
}

// calls are all the methods of a store, on one key.
func calls(t *testing.T, s *Store) map[string]func() error {
	return callsOf(t, s, &sender.Object{Key: "dir/a b", Size: 3, ACL: "private"})
}

func callsOf(t *testing.T, s *Store, o *sender.Object) map[string]func() error {
	u := sender.Upload{Key: o.Key, ID: "ID"}
	p := sender.Payload{Data: []byte("abc")}
	ctx := t.Context()
	return map[string]func() error{
		"put object":   func() error { _, err := s.Put(ctx, o, p); return err },
		"begin upload": func() error { _, err := s.Begin(ctx, o); return err },
		"send part":    func() error { _, err := s.SendPart(ctx, u, sender.Part{Number: 7, Payload: p}); return err },
		"list parts": func() (last error) {
			for _, err := range s.Parts(ctx, u) {
				last = err
			}
			return last
		},
		"complete upload": func() error {
			_, err := s.Complete(ctx, u, o, sender.Completion{Parts: []sender.StoredPart{{Number: 7, ETag: `A"<&`}}})
			return err
		},
		"abort upload": func() error { return s.Abort(ctx, u) },
		"head object":  func() error { _, err := s.Head(ctx, o.Key); return err },
		"list uploads": func() (last error) {
			for _, err := range s.Uploads(ctx, "dir/") {
				last = err
			}
			return last
		},
	}
}

// errorOf returns err as what it must be, and checks that it names the call and no secret.
func errorOf(t *testing.T, err error) *sender.Error {
	t.Helper()
	e, ok := errors.AsType[*sender.Error](err)
	if !ok {
		t.Fatalf("got %v, want a *sender.Error", err)
	}
	if e.Op == "" || e.Key == "" {
		t.Errorf("the error names no call: %v", err)
	}
	noSecret(t, fmt.Sprintf("%v %+v %#v", err, *e, *e))
	return e
}

func noSecret(t *testing.T, s string) {
	t.Helper()
	for _, secret := range []string{canarySecret, canaryToken, "Signature="} {
		if strings.Contains(s, secret) {
			t.Errorf("%q is in %s", secret, s)
		}
	}
}
