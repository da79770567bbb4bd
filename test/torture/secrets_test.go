//go:build unix

package torture

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/test/internal/lab"
)

// The user and the password of a proxy, as the environment and as the network have them.
const (
	proxyUser     = "porter"
	proxyPassword = "password0123456789abcdef"
)

var proxySecret, strangerSecret = basic(proxyUser), basic("stranger")

// basic is what a proxy is sent, which may show it back.
func basic(user string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + proxyPassword))
}

// Nothing that the program says or writes holds a secret, whatever happens to it: not the keys, which every test looks
// for, nor the proxy's password, a renewed token, or a signature. Not even when a gateway shows it the whole request in
// its answer, or a signal makes it tell where it stands.
func TestNoSecretIsSeenAnywhere(t *testing.T) {
	for _, kind := range []lab.Kind{lab.OSS, lab.S3} {
		t.Run(string(kind), func(t *testing.T) {
			s := newSearch(t, kind)
			s.throughAProxy()
			s.whatIsShownBack()
			s.dumps()
			s.otherCommands()
			if t.Failed() {
				return
			}
			t.Logf("%s: %d outputs and files searched, %d bytes, for %d secrets, of which %d are signatures: none found",
				kind, s.places, s.bytes, s.secrets(), len(s.signatures()))
		})
	}
}

// search is a lab behind a proxy, and what was looked through for secrets.
type search struct {
	*lab.Trial
	seen   *tap
	proxy  *httptest.Server
	shows  atomic.Bool // the gateway shows requests back
	script *fault.Script
	places int
	bytes  int64
}

func newSearch(t *testing.T, kind lab.Kind) *search {
	s := &search{seen: new(tap), script: new(fault.Script)}
	l := lab.New(t, lab.Options{
		Kind: kind, Sizes: append(twoParts(kind, 2), slices.Repeat([]int{5000}, 40)...),
		Wrap:  func(h http.Handler) http.Handler { return s.seen.wrap(s.showing(h)) },
		Front: func(to string) string { return s.front(t, to) },
		Store: func(o *devstore.Options) {
			o.Domains, o.SessionToken, o.Faults = []string{"store.test"}, "", s.script
		},
	})
	s.Trial = l.Trial()
	return s
}

// front starts a proxy that wants a password, and returns the endpoint that can be reached through it alone.
func (s *search) front(t *testing.T, to string) string {
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	pass := &httputil.ReverseProxy{
		Rewrite:  func(r *httputil.ProxyRequest) { r.Out.URL.Host, r.Out.Host = target.Host, r.In.Host },
		ErrorLog: log.New(io.Discard, "", 0), // of clients that were killed
	}
	s.proxy = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Proxy-Authorization") != "Basic "+proxySecret {
			http.Error(w, "not with "+r.Header.Get("Proxy-Authorization"), http.StatusProxyAuthRequired)
			return
		}
		pass.ServeHTTP(w, r)
	}))
	t.Cleanup(s.proxy.Close)
	return "http://store.test"
}

// showing answers some requests as a gateway in debug mode does: with all that it was asked.
func (s *search) showing(next http.Handler) http.Handler {
	var n atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.shows.Load() || n.Add(1)%4 != 0 {
			next.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusBadGateway)
		for _, name := range slices.Sorted(maps.Keys(r.Header)) {
			if strings.HasSuffix(name, "Token") || name == "Authorization" {
				fmt.Fprintf(w, "%s is %s and ", name, signature.ReplaceAllString(r.Header.Get(name), "$1")) // the bare one too
			}
		}
	})
}

// signature finds what is secret in an Authorization header, of either dialect.
var signature = regexp.MustCompile(`.*Signature=([0-9a-f]+)`)

// signatures are those of all requests that came.
func (s *search) signatures() map[string]bool {
	all := map[string]bool{}
	for _, r := range s.seen.requests() {
		if m := signature.FindStringSubmatch(r.authorization); m != nil {
			all[m[1]] = true
		}
	}
	return all
}

// secrets is how many different ones are looked for: the lab's two among them.
func (s *search) secrets() int { return len(s.signatures()) + 2 + len(moreSecrets) }

// moreSecrets are those that the lab does not know.
var moreSecrets = []string{proxyPassword, proxySecret, strangerSecret, renewed}

// run runs the program behind the proxy, with a token of ours, and searches all that came of it.
func (s *search) run(c lab.Command) *lab.Result {
	s.Helper()
	c.Env = append(slices.Concat(renewedToken(), s.proxied(proxyUser+":"+proxyPassword)), c.Env...)
	r := s.Run(c)
	s.look("stdout", r.Stdout)
	s.look("stderr", r.Stderr)
	s.lookAtFiles()
	return r
}

// proxied is the environment that has a run go through the proxy.
func (s *search) proxied(who string) []string {
	return []string{"HTTP_PROXY=http://" + who + "@" + s.proxy.Listener.Addr().String()}
}

// hex finds all that may be a signature.
var hex = regexp.MustCompile(`[0-9a-f]{40,}`)

func (s *search) look(where string, text []byte) {
	s.Helper()
	s.places++
	s.bytes += int64(len(text))
	for _, secret := range moreSecrets {
		if at := bytes.Index(text, []byte(secret)); at >= 0 {
			s.Errorf("%q is in %s: %s", secret, where, around(text, at))
		}
	}
	known := s.signatures()
	for _, at := range hex.FindAllIndex(text, -1) {
		if known[string(text[at[0]:at[1]])] {
			s.Errorf("a signature is in %s: %s", where, around(text, at[0]))
			return // it may hold hundreds
		}
	}
}

// around is what stands about a place in a text.
func around(text []byte, at int) []byte { return text[max(0, at-100):min(len(text), at+100)] }

// lookAtFiles searches the journal, the report, temporary files and whatever else the program left.
func (s *search) lookAtFiles() {
	s.Helper()
	err := filepath.WalkDir(s.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		s.look(path, text)
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
}

// throughAProxy has the proxy refuse, be away, have no proper address, and let us through.
func (s *search) throughAProxy() {
	s.Helper()
	for _, env := range [][]string{
		s.proxied("stranger:" + proxyPassword),
		{"HTTP_PROXY=http://" + proxyUser + ":" + proxyPassword + "@127.0.0.1:1"},
		{"HTTP_PROXY=http://" + proxyUser + ":" + proxyPassword + "@no host"},
	} {
		if r := s.run(lab.Command{Env: env, Flags: []string{"--retries", "0"}}); r.Code != 6 {
			s.Errorf("%v: %v", env, r)
		}
	}
	r := s.run(lab.Command{Flags: []string{"--log-format", "json"}})
	s.Arrived(r)
}

// whatIsShownBack has requests shown back in errors, of rows and of the run.
func (s *search) whatIsShownBack() {
	s.Helper()
	s.shows.Store(true)
	r := s.run(lab.Command{Flags: []string{"--retries", "0", "--keep-journal"}})
	s.shows.Store(false)
	if shown, _ := r.Summary(); r.Code != 1 || shown.Failed == 0 {
		s.Errorf("rows were to fail with what they were shown: %v", r)
	}
	s.run(lab.Command{Args: []string{"journal", s.Journal}})
	s.Arrived(s.run(lab.Command{}))
}

// dumps has the program tell where it stands, and be cut off.
func (s *search) dumps() {
	s.Helper()
	for _, k := range []lab.Kill{{Signal: syscall.SIGQUIT}, {Signal: syscall.SIGINT, Again: time.Millisecond}, {Signal: syscall.SIGABRT}} {
		now := make(chan time.Time, 1)
		s.seen.after(len(s.seen.requests())+20, func() { now <- time.Now() })
		s.script.Set(fault.Rule{Fault: fault.Fault{Delay: 10 * time.Millisecond}})
		k.When = now
		s.run(lab.Command{Kill: k, Wrap: []string{"sh", "-c", `ulimit -c 0 && exec "$@"`, "sh"}})
		s.script.Set()
	}
	s.Arrived(s.run(lab.Command{}))
}

// otherCommands has them say what they have to say.
func (s *search) otherCommands() {
	s.Helper()
	for _, args := range [][]string{
		{"plan", s.Manifest, "--root", s.Folder, "--to", s.URL(), "--log-level", "debug"},
		{"verify", s.Manifest, "--root", s.Folder, "--to", s.URL(), "--log-level", "debug"},
		{"uploads", "list", s.URL(), "--log-level", "debug"},
	} {
		if r := s.run(lab.Command{Args: args}); r.Code != 0 {
			s.Errorf("%v", r)
		}
	}
}
