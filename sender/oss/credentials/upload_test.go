package credentials

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/oss"
)

const stsKeyID = "STS.key"

// gatekeeper lets requests to a store pass that carry a token which is still good.
type gatekeeper struct {
	http.Handler
	mu      sync.Mutex
	expired map[string]bool
	refused int
}

func (g *gatekeeper) expire(token string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.expired[token] = true
}

func (g *gatekeeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	bad := g.expired[r.Header.Get("X-Oss-Security-Token")]
	if bad {
		g.refused++
	}
	g.mu.Unlock()
	if !bad {
		g.Handler.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Connection", "close")
	w.WriteHeader(http.StatusForbidden)
	fmt.Fprint(w, `<Error><Code>SecurityTokenExpired</Code><Message>The security token you provided has expired.</Message><RequestId>R</RequestId></Error>`)
}

// guarded is a store behind a gatekeeper.
func guarded(t *testing.T, faults *fault.Script) (*gatekeeper, string) {
	t.Helper()
	store, err := devstore.New(devstore.Options{
		Dir: t.TempDir(), Buckets: []string{"example-bucket"}, NoSync: true, Faults: faults,
		AccessKeyID: stsKeyID, AccessKeySecret: secret,
	})
	if err != nil {
		t.Fatal(err)
	}
	g := &gatekeeper{Handler: store, expired: map[string]bool{}}
	srv := httptest.NewServer(g)
	t.Cleanup(func() {
		srv.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return g, srv.URL
}

// issuing is a URI that issues credentials with the tokens T1, T2 and so on.
func issuing(t *testing.T) *Provider {
	t.Helper()
	var n atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"AccessKeyId":%q,"AccessKeySecret":%q,"SecurityToken":"T%d","Expiration":"2099-01-01T00:00:00Z"}`, stsKeyID, secret, n.Add(1))
	}))
	t.Cleanup(srv.Close)
	return newWorld(t, map[string]string{envURI: srv.URL}).find()
}

// upload sends an object in four parts, two at a time, and calls middle in between.
func upload(ctx context.Context, url string, who oss.CredentialsProvider, middle func()) (sender.Store, error) {
	o, err := oss.New(ctx, oss.Options{Bucket: "example-bucket", Endpoint: url, Region: "cn-hangzhou", Credentials: who})
	if err != nil {
		return nil, err
	}
	defer o.Close()
	s := sender.Stack(o, sender.Options{})
	const size = 100 << 10
	data := make([]byte, 4*size)
	whole := hasher.Sum(data, hasher.SetOf(s.Wire())).Get(s.Wire())
	object := &sender.Object{Key: "object", Size: int64(len(data))}
	u, err := s.Begin(ctx, object)
	if err != nil {
		return nil, err
	}
	parts := make([]sender.StoredPart, 4)
	failed := make([]error, 4)
	for i := 0; i < len(parts); i += 2 {
		var both sync.WaitGroup
		for j := i; j < i+2; j++ {
			both.Go(func() {
				b := data[j*size : (j+1)*size]
				p := sender.Payload{Data: b, Sums: hasher.Sum(b, hasher.SetOf(s.Wire()))}
				got, err := s.SendPart(ctx, u, sender.Part{Number: j + 1, Offset: int64(j * size), Payload: p})
				parts[j] = sender.StoredPart{Number: j + 1, Size: size, ETag: got.ETag, Checksum: got.Checksum}
				failed[j] = err
			})
		}
		both.Wait()
		middle()
	}
	if err := errors.Join(failed...); err != nil {
		return nil, err
	}
	_, err = s.Complete(ctx, u, object, sender.Completion{Parts: parts, Whole: whole})
	return s, err
}

func TestTokenThatExpiresInAnUploadIsRenewedAndTheUploadGoesOn(t *testing.T) {
	g, url := guarded(t, nil)
	p := issuing(t)
	n := 0
	_, err := upload(t.Context(), url, p, func() { n++; g.expire(fmt.Sprintf("T%d", n)) })
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Credentials(t.Context())
	if err != nil || c.SecurityToken != "T3" {
		t.Errorf("the last token is %q, %v", c.SecurityToken, err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refused < 2 || g.refused > 3 {
		t.Errorf("%d requests were refused", g.refused)
	}
}

func TestExpiryThatTheStoreMadeUpIsRenewedToo(t *testing.T) {
	_, url := guarded(t, fault.NewScript(1, fault.Rule{Op: fault.SendPart, Part: 3, Times: 1, Fault: fault.Fault{Expire: true}}))
	if _, err := upload(t.Context(), url, issuing(t), func() {}); err != nil {
		t.Fatal(err)
	}
}

func TestTokenThatNobodyRenewsStopsTheRunAndSaysWhatToDo(t *testing.T) {
	keys := oss.Credentials{AccessKeyID: stsKeyID, AccessKeySecret: secret, SecurityToken: "T1"}
	fixedOnes := newWorld(t, map[string]string{
		"OSS_ACCESS_KEY_ID": stsKeyID, "OSS_ACCESS_KEY_SECRET": secret, "OSS_SESSION_TOKEN": "T1",
	}).find()
	for name, c := range map[string]struct {
		who  oss.CredentialsProvider
		want string
	}{
		"static":      {oss.Static(keys), ""},
		"environment": {fixedOnes, "OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET and OSS_SESSION_TOKEN"},
	} {
		g, url := guarded(t, nil)
		_, err := upload(t.Context(), url, c.who, func() { g.expire("T1") })
		e, ok := errors.AsType[*sender.Error](err)
		if !ok || e.Kind != sender.StopRun || e.Code != "SecurityTokenExpired" {
			t.Fatalf("%s: got %v", name, err)
		}
		wants(t, err, sender.StopRun, "get new ones and run again", c.want)
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the secret is in %v", err)
		}
		if e.Attempts > 1 {
			t.Errorf("%s: %d tries", name, e.Attempts)
		}
	}
}

func TestRenewalThatMustWaitIsTriedAgain(t *testing.T) {
	g, url := guarded(t, nil)
	p, s, _ := scripted(0)
	first := session{Credentials: oss.Credentials{AccessKeyID: stsKeyID, AccessKeySecret: secret, SecurityToken: "T1"}}
	p.held.Store(&held{session: first})
	s.fail(&sender.Error{Op: "ask", Kind: sender.TryAgain, Err: unavailable{"away"}})
	away := sync.OnceFunc(func() {
		g.expire("T1")
		p.source = recovering{s, session{Credentials: oss.Credentials{AccessKeyID: stsKeyID, AccessKeySecret: secret, SecurityToken: "T2"}}}
	})
	if _, err := upload(t.Context(), url, p, away); err != nil {
		t.Fatal(err)
	}
	if s.calls.Load() < 2 {
		t.Errorf("asked %d times", s.calls.Load())
	}
}

// recovering fails as its script does, twice.
type recovering struct {
	*script
	then session
}

func (r recovering) fetch(ctx context.Context) (session, error) {
	if s, err := r.script.fetch(ctx); r.calls.Load() <= 2 {
		return s, err
	}
	return r.then, nil
}
