package credentials

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/oss"
)

// TestMain makes the binary a credential process too.
func TestMain(m *testing.M) {
	if act := os.Getenv("CREDENTIALS_TEST_PROCESS"); act != "" {
		os.Exit(beProcess(act))
	}
	goleak.VerifyTestMain(m)
}

// The secrets of the tests. They must not occur in anything that the package says.
const (
	keyID  = "LTAIexample"
	secret = "canary/secret+"
	token  = "canary+token/=* ~"
)

func noSecret(t *testing.T, what any) {
	t.Helper()
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		text := fmt.Sprintf(verb, what)
		for _, s := range []string{secret, token, escaped(secret), escaped(token), escaped(escaped(token)), url.QueryEscape(token), "canary"} {
			if strings.Contains(text, s) {
				t.Errorf("%q is in %s", s, text)
			}
		}
	}
}

// world is where a chain looks: variables, files and services of its own.
type world struct {
	t    *testing.T
	env  map[string]string
	home string
	o    Options
}

func newWorld(t *testing.T, env map[string]string) *world {
	t.Helper()
	w := &world{t: t, env: map[string]string{}, home: t.TempDir()}
	for k, v := range env {
		w.env[k] = v
	}
	w.o = Options{
		getenv: func(name string) string { return w.env[name] }, home: w.home, now: time.Now,
		sts: "http://127.0.0.1:1/", metadata: "http://127.0.0.1:1",
	}
	return w
}

// file writes a file below the home.
func (w *world) file(name, text string) string {
	w.t.Helper()
	path := filepath.Join(w.home, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

func (w *world) find() *Provider {
	w.t.Helper()
	p, err := Find(w.o)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) get() (oss.Credentials, Identity) {
	w.t.Helper()
	p := w.find()
	c, err := p.Credentials(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	i, err := p.Identity(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	noSecret(w.t, i)
	noSecret(w.t, p)
	return c, i
}

// fails returns why there are no credentials, found or asked for.
func (w *world) fails() error {
	w.t.Helper()
	p, err := Find(w.o)
	if err == nil {
		var c oss.Credentials
		if c, err = p.Credentials(w.t.Context()); err == nil {
			w.t.Fatalf("got %v from %+v", c, p.source.origin())
		}
	}
	noSecret(w.t, err)
	return err
}

func wants(t *testing.T, err error, kind sender.Kind, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("got %v, want something about %q", err, part)
		}
	}
	if _, ok := errors.AsType[*sender.Error](err); ok && sender.KindOf(err) != kind {
		t.Errorf("got kind %d of %v", sender.KindOf(err), err)
	}
}

// fakeSTS issues a session to whoever signs well, and never the same one twice.
type fakeSTS struct {
	mu     sync.Mutex
	now    func() time.Time
	life   time.Duration
	calls  []url.Values
	before func(n int, w http.ResponseWriter, form url.Values) bool // answers instead, if it returns true
}

func (f *fakeSTS) start(w *world) {
	f.now = w.o.now
	if f.life == 0 {
		f.life = time.Hour
	}
	srv := httptest.NewServer(f)
	w.t.Cleanup(srv.Close)
	w.o.sts = srv.URL + "/"
}

// heard returns the forms of the calls.
func (f *fakeSTS) heard() []url.Values {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

func (f *fakeSTS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	form, err := url.ParseQuery(string(body))
	f.mu.Lock()
	f.calls = append(f.calls, form)
	n := len(f.calls)
	f.mu.Unlock()
	if f.before != nil && f.before(n, w, form) {
		return
	}
	if err != nil || r.Method != http.MethodPost || r.URL.RequestURI() != "/" || !f.signed(string(body), form) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"Code":"IncompleteSignature","Message":"server string to sign is:%s","RequestId":"R1"}`, body)
		return
	}
	w.Header().Set("Date", f.now().UTC().Format(http.TimeFormat))
	fmt.Fprintf(w, `{"RequestId":"R1","AssumedRoleUser":{"Arn":"%s/%s"},"Credentials":{"AccessKeyId":"STS.%d","AccessKeySecret":"%s",
		"SecurityToken":"issued-%d","Expiration":"%s"}}`, form.Get("RoleArn"), form.Get("RoleSessionName"), n, secret, n,
		f.now().Add(f.life).UTC().Format(time.RFC3339))
}

// signed checks the proof: a signature, or a token.
func (f *fakeSTS) signed(body string, form url.Values) bool {
	if form.Get("Action") == "AssumeRoleWithOIDC" {
		return form.Get("OIDCToken") == token && form.Get("OIDCProviderArn") != ""
	}
	text, _, _ := strings.Cut(body, "&Signature=")
	return form.Get("AccessKeyId") == keyID && form.Get("Signature") == signature(text, secret) && form.Get("SignatureNonce") != ""
}
