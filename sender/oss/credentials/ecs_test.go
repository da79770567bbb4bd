package credentials

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// fakeMetadata is an instance's metadata service.
type fakeMetadata struct {
	role     string // any role by that name; empty: the instance has none
	old      bool   // it knows no sessions
	hardened bool   // it answers none but those in a session
	redirect string
	status   int // that it answers everything with, if not 0
	silence  chan struct{}

	mu    sync.Mutex
	calls []string
}

func (f *fakeMetadata) start(w *world) {
	srv := httptest.NewServer(f)
	w.t.Cleanup(srv.Close)
	w.o.metadata = srv.URL
}

// heard returns the calls.
func (f *fakeMetadata) heard() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

func (f *fakeMetadata) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.calls = append(f.calls, r.Method+" "+r.URL.Path)
	f.mu.Unlock()
	if f.silence != nil {
		<-f.silence
	}
	inSession := r.Header.Get("X-Aliyun-Ecs-Metadata-Token") == "session"
	role, asked := strings.CutPrefix(r.URL.Path, metadataRoles)
	switch {
	case f.redirect != "":
		http.Redirect(w, r, f.redirect, http.StatusTemporaryRedirect)
	case f.status != 0:
		w.WriteHeader(f.status)
	case r.Method == http.MethodPut && !f.old && r.Header.Get("X-Aliyun-Ecs-Metadata-Token-Ttl-Seconds") != "":
		fmt.Fprint(w, "session")
	case r.Method != http.MethodGet || f.hardened && !inSession:
		w.WriteHeader(http.StatusForbidden)
	case f.role == "" || !asked:
		w.WriteHeader(http.StatusNotFound)
	case role == "":
		fmt.Fprintln(w, f.role)
	default:
		fmt.Fprintf(w, `{"Code":"Success","AccessKeyId":"ECS.1","AccessKeySecret":"canary","SecurityToken":"canary","Expiration":%q}`,
			time.Now().Add(6*time.Hour).UTC().Format(time.RFC3339))
	}
}

func TestInstancesRoleIsFound(t *testing.T) {
	for name, f := range map[string]*fakeMetadata{
		"usual": {role: "loader"}, "hardened": {role: "loader", hardened: true}, "old": {role: "loader", old: true},
	} {
		w := newWorld(t, nil)
		f.start(w)
		c, i := w.get()
		if c.AccessKeyID != "ECS.1" || i.Role != "loader" || i.Source != "ecs-role" || !i.Renews || i.Expires.IsZero() {
			t.Errorf("%s: got %v, %+v", name, c, i)
		}
		if len(f.heard()) != 3 || f.heard()[0] != "PUT /latest/api/token" {
			t.Errorf("%s: asked %q", name, f.heard())
		}
	}
}

func TestInstancesRoleThatIsNamedIsNotLookedFor(t *testing.T) {
	w := newWorld(t, map[string]string{"ALIBABA_CLOUD_ECS_METADATA": "chosen"})
	f := &fakeMetadata{role: "other"}
	f.start(w)
	if _, i := w.get(); i.Role != "chosen" || len(f.heard()) != 2 {
		t.Errorf("got %+v after %q", i, f.heard())
	}
}

func TestWithoutAnInstancesRoleItIsToldWhatToSet(t *testing.T) {
	for name, f := range map[string]*fakeMetadata{"no role": {}, "not found": {status: 404}, "odd name": {role: "../../evil"}} {
		w := newWorld(t, nil)
		f.start(w)
		err := w.fails()
		wants(t, err, sender.StopRun, "OSS_ACCESS_KEY_ID", "nor has this machine", "no role")
		if name == "odd name" && len(f.heard()) != 2 {
			t.Errorf("asked %q", f.heard())
		}
	}
}

func TestOldMetadataServiceIsNotAskedWhereThatIsForbidden(t *testing.T) {
	w := newWorld(t, map[string]string{"ALIBABA_CLOUD_IMDSV1_DISABLED": "true"})
	f := &fakeMetadata{role: "loader", old: true}
	f.start(w)
	wants(t, w.fails(), sender.StopRun, "no session token (status 403)")
	if len(f.heard()) != 1 {
		t.Errorf("asked %q", f.heard())
	}
}

func TestMetadataServiceThatIsDisabledIsNotAsked(t *testing.T) {
	w := newWorld(t, map[string]string{envNoMetadata: "true"})
	f := &fakeMetadata{role: "loader"}
	f.start(w)
	wants(t, w.fails(), sender.StopRun, "no credentials for OSS")
	w.file(".ossutilconfig", "[default]\nmode=EcsRamRole\n")
	wants(t, w.fails(), sender.StopRun, envNoMetadata)
	if len(f.heard()) != 0 {
		t.Errorf("asked %q", f.heard())
	}
}

func TestRedirectOfTheMetadataServiceIsNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was followed") }))
	defer elsewhere.Close()
	w := newWorld(t, nil)
	(&fakeMetadata{role: "loader", redirect: elsewhere.URL}).start(w)
	wants(t, w.fails(), sender.StopRun, "no role (status 307)")
}

func TestSilentMetadataServiceIsGivenUpInTwoSeconds(t *testing.T) {
	w := newWorld(t, nil)
	f := &fakeMetadata{silence: make(chan struct{})}
	f.start(w)
	defer close(f.silence)
	began := time.Now()
	wants(t, w.fails(), sender.TryAgain, "no answer within 2s", "OSS_ACCESS_KEY_ID")
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestTheMetadataServiceHasOneAddress(t *testing.T) {
	if got := (Options{}).withDefaults().metadata; got != "http://100.100.100.200" {
		t.Errorf("got %s", got)
	}
}
